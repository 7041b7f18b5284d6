"""What can be seen of k204 from outside: how far a view gets while the event loop is stopped.

Each request asks Django's handler for its script prefix, on the loop and blocking it. Here the
judge answers that, so it can stop the loop with a second request while a query of the first waits.
"""

from collections import Counter
from typing import Any

from dojo.blackbox import Call, Draw, Site, check, expect_json, expect_status

SERVICES = ("django.core.handlers.asgi:get_script_prefix",)
QUERIES = True
DASHBOARD, PING = "/k204/dashboard/", "/k204/ping/"


def rows(draw: Draw) -> list[dict[str, Any]]:
    """Return authors, of whom two share a name, tags and articles, many of one moment."""
    articles = range(1, draw.randrange(20, 40))
    slugs = draw.sample(range(10**6), len(articles))
    names = [f"Author {number}" for number in draw.sample(range(10**6), 5)]
    return [
        *(row("author", pk, name=name) for pk, name in enumerate([*names, names[0]], 1)),
        *(row("tag", pk, name=f"tag-{pk}") for pk in range(1, 9)),
        *(
            row(
                "article",
                pk,
                title=f"Story {draw.randrange(10**6)}",
                slug=f"story-{slug:06}",
                status=draw.choice(("published", "published", "draft")),
                author=draw.choice((None, 1, 1, 2, 3, 4, 6)),
                tags=draw.sample(range(1, 9), draw.randrange(3)),
                created_at="2020-11-01T06:00:00Z",
                published_at=f"2020-11-02T06:0{draw.randrange(3)}:00Z",
            )
            for pk, slug in zip(articles, slugs, strict=True)
        ),
    ]


def row(model: str, pk: int, **fields: Any) -> dict[str, Any]:
    """Return a row as Django's serializer writes it."""
    return {"model": f"newsroom.{model}", "pk": pk, "fields": fields}


def figures(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the page is to answer."""
    names = {row["pk"]: row["fields"]["name"] for row in rows if row["model"].endswith("author")}
    articles = [row["fields"] for row in rows if row["model"].endswith("article")]
    published = [article for article in articles if article["status"] == "published"]
    published.sort(key=lambda article: article["slug"])
    latest = sorted(published, key=lambda article: article["published_at"], reverse=True)
    counts = Counter(article["author"] for article in published if article["author"])
    busiest = sorted(counts, key=lambda pk: (-counts[pk], names[pk]))
    return {
        "published": len(published),
        "drafts": len(articles) - len(published),
        "unsigned": sum(article["author"] is None for article in published),
        "tags": len({tag for article in published for tag in article["tags"]}),
        "latest": [
            {"title": article["title"], "author": names.get(article["author"])}
            for article in latest[:3]
        ],
        "busiest": [{"name": names[pk], "published": counts[pk]} for pk in busiest[:3]],
    }


@check(task=2, rows=rows, involves=(1, 3))
async def dashboard_hops_once(site: Site, draw: Draw) -> None:
    """Once its first query is sent, the dashboard needs the event loop for none of the others."""
    site.upstream.answer = lambda call: ""
    expect_json(await site.get(DASHBOARD), figures(rows(draw)))
    queries = len(site.database.calls)
    selected = sum("SELECT" in str(call.first) for call in site.database.calls)
    assert 0 < selected <= 6, f"GET {DASHBOARD} sent {selected} queries; expected 1 to 6."
    await ends_with_a_query_that_fails(site)

    site.database.calls.clear()
    site.database.hold()
    async with site.asked("GET", DASHBOARD) as first, site.asked("GET", DASHBOARD) as second:
        await site.database.together(2, second)
        site.upstream.hold()
        async with site.asked("GET", PING) as ping:
            await site.upstream.together(1, ping)
            sent = len(site.database.calls)
            assert sent == 2, (
                f"GET {DASHBOARD}, by two readers: {sent} queries were sent together; expected 2, "
                "as a reader's queries have one connection."
            )
            site.database.release()
            await site.patience.until(
                lambda: len(site.database.calls) == 2 * queries,
                lambda: (
                    f"GET {DASHBOARD}, by two readers, with the event loop stopped after the "
                    f"first query of each: {len(site.database.calls)} of {2 * queries} queries "
                    "were sent; expected all of them, from one trip to the thread."
                ),
            )
            site.upstream.release()
            for page in (first, second, ping):
                expect_status(await page.task, 200)


async def ends_with_a_query_that_fails(site: Site) -> None:
    """Look whether, after a query that fails, the dashboard sends others: from other trips."""

    def fail(call: Call) -> None:
        raise RuntimeError("the database is gone")

    site.database.calls.clear()
    site.database.answer = fail
    await site.get(DASHBOARD)
    site.database.answer = lambda call: None
    sent = len(site.database.calls)
    assert sent == 1, (
        f"GET {DASHBOARD}, asked again, when the database fails, sent {sent} queries; "
        "expected 1: nothing is kept, and in one trip to the thread no other follows."
    )
