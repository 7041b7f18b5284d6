"""What can be seen of k601 from outside: the file, as a library's program reads it."""

import csv
import io
from typing import Any

from dojo.blackbox import Draw, Site, check

PATH = "/k601/export/"
HEADER = ["slug", "title", "author", "body"]
PIECES = ("Rain", ",", '"', "\n", "\r\n", "\r", " ", ";", "'", "\\", "=1+1", "Zoë", "№", "漢", "\t")
AUTHOR, ARTICLE = "newsroom.author", "newsroom.article"
CREATED = "2026-11-20T05:00:00Z"


def text(draw: Draw) -> str:
    """Draw a text that only `csv` gets right."""
    return "".join(draw.sample(PIECES, 9)) + str(draw.randrange(10**6))


def archive(draw: Draw) -> list[dict[str, Any]]:
    """Draw authors and articles: published ones and drafts, with and without an author."""
    authors = [{"model": AUTHOR, "pk": pk, "fields": {"name": text(draw)}} for pk in (1, 2, 3)]
    slugs = draw.sample(range(10**6), 40)
    articles = [
        {
            "model": ARTICLE,
            "pk": pk,
            "fields": {
                "slug": f"story-{slug:06}",
                "title": text(draw),
                "body": draw.choice(("", " ", text(draw), text(draw))),
                "status": "draft" if pk % 5 == 0 else "published",
                "author": draw.choice((None, 1, 2, 3)),
                "tags": [],
                "created_at": CREATED,
            },
        }
        for pk, slug in enumerate(slugs, 1)
    ]
    return authors + articles


def published(rows: list[dict[str, Any]]) -> list[list[str]]:
    """Return what the file says of *rows*."""
    names = {row["pk"]: row["fields"]["name"] for row in rows if row["model"] == AUTHOR}
    articles = [row["fields"] for row in rows if row["model"] == ARTICLE]
    return sorted(
        [said["slug"], said["title"], names.get(said["author"], ""), said["body"]]
        for said in articles
        if said["status"] == "published"
    )


@check(task=1, rows=archive)
async def the_file_has_every_text_as_it_is(site: Site, draw: Draw) -> None:
    """Any text comes back as it was, in the order of the slugs, in a file that a browser saves."""
    expected = [HEADER, *published(archive(draw))]

    response = await site.get(PATH)

    assert response.status_code == 200, f"GET {PATH} answered {response.status_code}; expected 200."
    seen = list(csv.reader(io.StringIO(response.content.decode("utf-8", "replace"), newline="")))
    assert len(seen) == len(expected), (
        f"GET {PATH} sent a file of {len(seen)} rows; expected {len(expected)}: "
        "the header, and one for each published article."
    )
    for number, (has, wants) in enumerate(zip(seen, expected, strict=True), 1):
        assert has == wants, f"GET {PATH}: row {number} of the file is {has!r}; expected {wants!r}."
    kind = response.headers.get("Content-Type", "").lower().replace(" ", "").replace('"', "")
    assert kind == "text/csv;charset=utf-8", (
        f"GET {PATH}: the content type is {kind!r}; expected 'text/csv; charset=utf-8'."
    )
    saved = response.headers.get("Content-Disposition", "")
    assert saved.lower().startswith("attachment") and "articles.csv" in saved, (  # noqa: PT018
        f"GET {PATH}: Content-Disposition is {saved!r}; expected an attachment, articles.csv."
    )
    assert "Content-Length" not in response.headers, (
        f"GET {PATH} promised {response.headers['Content-Length']} bytes; expected no length."
    )
