"""What can be seen of k201 from outside: the judge plays agencies, and holds queries up."""

import html
from typing import Any

from dojo.blackbox import Call, Draw, Site, check, expect_json, expect_status

SERVICES = ("katas.k201_sync_only_triage.wire:agencies.send",)
QUERIES = True
DESK, DRAFTS = "/k201/desk/", "/k201/drafts/"
AUTHORS, TAGS = ("Ida", "Bob", "Flo"), ("city", "harbour", "roads", "sport")


def rows(draw: Draw) -> list[dict[str, Any]]:
    """Return authors, tags and articles; the drafts' keys are not in the order of their times."""
    moments = draw.sample(range(10, 60), 40)
    statuses = draw.sample(("draft", "published"), 40, counts=(20, 20))
    return [
        *(row("author", pk, name=name) for pk, name in enumerate(AUTHORS, 1)),
        *(row("tag", pk, name=name) for pk, name in enumerate(TAGS, 1)),
        *(
            row(
                "article",
                pk,
                title=f"Story <{draw.randrange(10**6)}> & more",
                slug=f"story-{draw.randrange(10**6)}-{pk}",
                status=status,
                author=draw.choice((None, 1, 1, 2, 2, 3, 3)),
                tags=draw.sample((1, 2, 3, 4), draw.randrange(4)),
                created_at=f"2020-11-01T06:{moment}:00Z",
                # Drafts have one too, later than all others: they have been withdrawn.
                published_at=f"2020-11-{'03' if status == 'draft' else '02'}T06:{moment}:00Z",
            )
            for pk, (status, moment) in enumerate(zip(statuses, moments, strict=True), 1)
        ),
    ]


def row(model: str, pk: int, **fields: Any) -> dict[str, Any]:
    """Return a row as Django's serializer writes it."""
    return {"model": f"newsroom.{model}", "pk": pk, "fields": fields}


def of_status(rows: list[dict[str, Any]], status: str) -> list[dict[str, Any]]:
    """Return the fields of the articles with *status*, the oldest first."""
    articles = [row["fields"] for row in rows if row["fields"].get("status") == status]
    return sorted(articles, key=lambda article: article["created_at"])


def author(article: dict[str, Any]) -> str | None:
    """Return the author's name."""
    return AUTHORS[article["author"] - 1] if article["author"] else None


def desk(published: list[dict[str, Any]], *, waiting: bool) -> dict[str, Any]:
    """Return what the desk is to answer."""
    latest = published[-1]
    return {
        "published": len(published),
        "drafts_waiting": waiting,
        "latest": {
            "title": latest["title"],
            "author": author(latest),
            "tags": sorted(TAGS[pk - 1] for pk in latest["tags"]),
        },
    }


def expect_few_queries(site: Site, path: str, readers: int, rows: int) -> None:
    """Raise AssertionError if *readers* of the page have sent a query for each of *rows*."""
    sent = len(site.database.calls) // readers
    assert sent <= rows, (
        f"GET {path}, with {rows} rows or more, sent {sent} queries; expected none for each row."
    )


@check(task=2, rows=rows)
async def desk_waits_for_the_database_and_nobody_for_the_desk(site: Site, draw: Draw) -> None:
    """While the database has not answered one reader, the query of another one is sent."""
    found = rows(draw)
    expected = desk(of_status(found, "published"), waiting=True)
    site.database.hold()

    async with site.asked("GET", DESK) as first:
        await site.database.together(1, first)
        held = len(site.database.in_flight)
        async with site.asked("GET", DESK) as second:
            await site.database.together(held + 1, second)
            site.database.release()
            answers = [await first.task, await second.task]
    for response in answers:
        expect_json(response, expected)
    expect_few_queries(site, DESK, 2, expected["published"])


@check(task=3, rows=rows)
async def drafts_are_listed_while_others_are_served(site: Site, draw: Draw) -> None:
    """All drafts are listed with their authors, the oldest first; the loop is free meanwhile."""
    waiting = of_status(rows(draw), "draft")
    expected = [f"{article['title']}, by {author(article) or 'nobody yet'}" for article in waiting]
    site.database.hold()

    async with site.asked("GET", DRAFTS) as first:
        await site.database.together(1, first)
        async with site.asked("GET", DRAFTS) as second:
            await site.database.together(2, second)
            site.database.release()
            answers = [await first.task, await second.task]
    for response in answers:
        expect_status(response, 200)
        items = [part.partition("</li>")[0] for part in response.text.split("<li>")[1:]]
        listed = [html.unescape(item) for item in items]
        assert listed == expected, f"GET {DRAFTS} listed {listed}; expected {expected}."
        raw = [item for item in items if "<" in item]
        assert not raw, f"GET {DRAFTS} listed {raw}, as HTML; expected titles that are escaped."
    expect_few_queries(site, DRAFTS, 2, sum(author(article) is not None for article in waiting))


@check(task=4, rows=rows, involves=(2,))
async def agencies_are_told_what_is_committed(site: Site, draw: Draw) -> None:
    """What a save that fails would have published is not announced; other readers see what is."""
    found = rows(draw)
    draft = draw.choice(of_status(found, "draft"))
    published = of_status(found, "published")
    path = f"/k201/publish/{draft['slug']}/"

    def refuse(call: Call) -> None:
        if str(call.first).startswith("UPDATE"):
            raise RuntimeError("the disk is full")

    site.database.answer = refuse
    expect_status(await site.post(path), 500, ", while the database refuses to write,")
    told = [call.given for call in site.upstream.calls]
    assert not told, f"POST {path}, whose save failed: the agencies were sent {told}."
    expect_json(await site.get(DESK), desk(published, waiting=True))

    site.database.answer = lambda call: None
    site.upstream.hold()
    async with site.asked("POST", path) as publishing:
        await site.upstream.together(1, publishing)
        expected = desk([*published, draft], waiting=True)
        expect_json(await site.get(DESK), expected, when=", while an article is announced,")
        assert not publishing.task.done(), f"POST {path} was answered before it was announced."
        site.upstream.release()
        expect_status(await publishing.task, 200)
    told = [call.given for call in site.upstream.calls]
    assert told == [[draft["title"]]], (
        f"POST {path}: the agencies were sent {told}; expected {[[draft['title']]]}."
    )
    expect_status(await site.get(path), 405)
