"""What can be seen of k601 from outside: the file, as a library's program reads it, and queries."""

import asyncio
import contextlib
import csv
import io
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx

from dojo.blackbox import Call, Draw, Site, check, expect_status, not_judged
from dojo.blackbox.overtaking import OF_TRANSACTIONS

PATH = "/k601/export/"
QUERIES = True
FETCHMANY = "django.db.backends.sqlite3.base:SQLiteCursorWrapper.fetchmany"
FETCHALL = "django.db.backends.sqlite3.base:SQLiteCursorWrapper.fetchall"
WATCHED = (FETCHMANY, FETCHALL)
# As urls.py has it; and the rows that Django fetches at a time for a list, a last time in vain.
CHUNK, PORTION = 500, 100
HEADER = ["slug", "title", "author", "body"]
PIECES = ("Rain", ",", '"', "\n", "\r\n", "\r", " ", ";", "'", "\\", "=1+1", "Zoë", "№", "漢", "\t")
AUTHOR, ARTICLE = "newsroom.author", "newsroom.article"
CREATED = "2026-11-20T05:00:00Z"


def text(draw: Draw) -> str:
    """Draw a text that only `csv` gets right."""
    return "".join(draw.sample(PIECES, 9)) + str(draw.randrange(10**6))


def article(pk: int, slug: str, **fields: Any) -> dict[str, Any]:
    """Return an article as a row; published and without an author, unless *fields* say more."""
    said = {"slug": slug, "status": "published", "author": None, "created_at": CREATED}
    return {"model": ARTICLE, "pk": pk, "fields": said | fields}


def archive(draw: Draw) -> list[dict[str, Any]]:
    """Draw authors and articles: published ones and drafts, with and without an author.

    Each of the pieces begins the title of a published one, and ends its body. Few have an author:
    one who asks for each of them has the judge asked as often.
    """
    authors = [{"model": AUTHOR, "pk": pk, "fields": {"name": text(draw)}} for pk in (1, 2, 3)]
    slugs = draw.sample(range(10**6), len(PIECES) + 4)
    return authors + [
        article(
            pk,
            f"story-{slug:06}",
            title=PIECES[pk % len(PIECES)] + text(draw),
            body=draw.choice(("", " ", text(draw), text(draw))) + PIECES[pk % len(PIECES)],
            status="published" if pk <= len(PIECES) else "draft",
            author=pk if pk <= len(authors) else None,
        )
        for pk, slug in enumerate(slugs, 1)
    ]


def long_archive(draw: Draw) -> list[dict[str, Any]]:
    """Draw more articles than a chunk, of plain texts; a key says the same as a slug."""
    words = draw.sample(range(10**6), CHUNK + draw.randrange(10, 20))
    return [
        article(pk, f"story-{pk:04}", title=f"Title {word}", body=f"Body {word}")
        for pk, word in enumerate(words, 1)
    ]


def published(rows: list[dict[str, Any]]) -> list[list[str]]:
    """Return what the file says of *rows*."""
    names = {row["pk"]: row["fields"]["name"] for row in rows if row["model"] == AUTHOR}
    articles = [row["fields"] for row in rows if row["model"] == ARTICLE]
    return sorted(
        [said["slug"], said["title"], names.get(said["author"], ""), said["body"]]
        for said in articles
        if said["status"] == "published"
    )


async def file(site: Site) -> tuple[httpx.Response, bytes]:
    """Return the answer, and what has come of the file, also if it is broken off."""
    content = bytearray()

    async def read() -> httpx.Response:
        async with site.streamed("GET", PATH) as response:
            with contextlib.suppress(httpx.RemoteProtocolError):
                async for piece in response.aiter_bytes():
                    content.extend(piece)
            return response

    return await site.patience.answer(read(), f"GET {PATH}"), bytes(content)


def cells(content: bytes) -> list[list[str]]:
    """Return the rows of a file."""
    text = io.StringIO(content.decode("utf-8", "replace"), newline="")
    try:
        return list(csv.reader(text))
    except csv.Error as error:
        raise AssertionError(
            f"GET {PATH} sent a file that csv.reader can't read: {error}"
        ) from None


def compare(seen: list[list[str]], expected: list[list[str]]) -> None:
    """Raise AssertionError if the rows of a file are not those expected."""
    assert len(seen) == len(expected), (
        f"GET {PATH} sent a file of {len(seen)} rows; expected {len(expected)}: "
        "the header, and one for each published article."
    )
    for number, (has, wants) in enumerate(zip(seen, expected, strict=True), 1):
        assert has == wants, f"GET {PATH}: row {number} of the file is {has!r}; expected {wants!r}."


@check(task=1, rows=archive)
async def the_file_has_every_text_as_it_is(site: Site, draw: Draw) -> None:
    """Any text comes back as it was, in the order of the slugs, in a file that a browser saves."""
    expected = [HEADER, *published(archive(draw))]

    response, content = await file(site)

    expect_status(response, 200)
    compare(cells(content), expected)
    kind = response.headers.get("Content-Type", "").lower().replace(" ", "").replace('"', "")
    assert kind == "text/csv;charset=utf-8", (
        f"GET {PATH}: the content type is {kind!r}; expected 'text/csv; charset=utf-8'."
    )
    saved = response.headers.get("Content-Disposition", "")
    assert saved.lower().startswith("attachment") and "articles.csv" in saved, (  # noqa: PT018
        f"GET {PATH}: Content-Disposition is {saved!r}; expected an attachment, articles.csv."
    )


class Beyond:
    """Tells of the site's calls which ones fetch rows beyond the first chunk of the latest query.

    Attributes:
        is_small: Whether a portion was asked for that is so small that the judge, who is asked
            each time, can't wait for a chunk.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self.queries, self.asked = 0, Counter[str]()
        self.is_small = False

    def __call__(self, call: Call) -> bool:
        """Tell whether *call* is one; that a fetch returns is none."""
        if call.service != FETCHMANY:
            return call.service == FETCHALL
        if self.queries != len(self.site.database.calls):  # a cursor may have another's address
            self.queries = len(self.site.database.calls)
            self.asked.clear()
        cursor, *sizes = call.given or [None]
        size = sizes[0] if sizes and isinstance(sizes[0], int) else 1
        self.is_small |= size < PORTION
        self.asked[str(cursor)] += size
        return self.asked[str(cursor)] > CHUNK + PORTION


async def first_chunk(
    site: Site, pieces: AsyncIterator[bytes], beyond: Beyond, who: str
) -> bytearray:
    """Take a chunk of articles from a stream, and return what has come."""
    content = bytearray()

    async def take() -> None:
        async for piece in pieces:
            content.extend(piece)
            if f"story-{CHUNK:04}".encode() in content:
                return

    taking = asyncio.ensure_future(take())
    taking.add_done_callback(lambda _: site.patience.look())
    with contextlib.suppress(AssertionError):
        await site.patience.until(lambda: taking.done() or beyond.is_small, str)
    taking.cancel()
    await asyncio.gather(taking, return_exceptions=True)
    came = content.count(b"story-")
    assert came >= CHUNK or beyond.is_small, (
        f"GET {PATH}, by {who}: {came} articles had come when the site fetched further rows than "
        f"the first {CHUNK}; expected these to have been sent before."
    )
    return content


@check(task=2, rows=long_archive, involves=(1,))
async def the_first_chunk_leaves_before_the_next_is_fetched(site: Site, draw: Draw) -> None:
    """While further rows are held back, the first ones come, to several readers at once."""
    expected = [HEADER, *published(long_archive(draw))]
    beyond = Beyond(site)
    site.upstream.hold(beyond)

    async with site.streamed("GET", PATH) as one:
        assert "Content-Length" not in one.headers, (
            f"GET {PATH} promised {one.headers['Content-Length']} bytes; expected no length."
        )
        pieces = one.aiter_bytes()
        content = await first_chunk(site, pieces, beyond, "a reader")
        if beyond.is_small:
            not_judged(
                f"GET {PATH} fetches rows in portions of less than {PORTION}, which is of task 3: "
                "when a chunk has left can't be told."
            )
        async with site.streamed("GET", PATH) as other:
            await first_chunk(site, other.aiter_bytes(), beyond, "a second reader meanwhile")
        site.upstream.release()

        async def rest() -> None:
            async for piece in pieces:
                content.extend(piece)

        await site.patience.answer(rest(), f"GET {PATH}: the rest of the file")
    compare(cells(bytes(content)), expected)


@check(task=3, rows=archive, involves=(1,))
async def the_export_is_one_query(site: Site, draw: Draw) -> None:
    """However many authors there are."""
    await file(site)
    queries = [str(call.first) for call in site.database.calls]
    queries = [query for query in queries if query.partition(" ")[0] not in OF_TRANSACTIONS]
    assert len(queries) == 1, f"GET {PATH} sent {len(queries)} queries; expected 1."
