"""What can be seen of k202 from outside: the judge sees each query, and lets it fail."""

from typing import Any

from dojo.blackbox import Call, Draw, Site, as_json, check, expect_json, expect_status

QUERIES = True
PAGE_SIZE, FEED_SIZE = 5, 10


def articles(draw: Draw) -> list[dict[str, Any]]:
    """Return rows of drafts and of articles, several of one moment, that fill the last page."""
    published, drafts = PAGE_SIZE * draw.randrange(5, 10), draw.randrange(5, 10)
    return rows(
        draw, draw.sample(("published", "draft"), published + drafts, counts=(published, drafts))
    )


def drafts(draw: Draw) -> list[dict[str, Any]]:
    """Return rows of drafts."""
    return rows(draw, ["draft"] * draw.randrange(3, 10))


def rows(draw: Draw, statuses: list[str]) -> list[dict[str, Any]]:
    """Return rows of articles with these statuses."""
    slugs = draw.sample(range(10**6), len(statuses))
    return [
        {
            "model": "newsroom.article",
            "pk": pk,
            "fields": {
                "title": f"Story {draw.randrange(10**6)}",
                "slug": f"story-{slug:06}",
                "body": f"Text {draw.randrange(10**6)}",
                "status": status,
                "created_at": "2026-11-01T06:00:00Z",
                "published_at": f"2026-11-{draw.randrange(10, 18)}T06:00:00Z",
            },
        }
        for pk, (slug, status) in enumerate(zip(slugs, statuses, strict=True), 1)
    ]


def newest_first(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the published articles in the order of the pages."""
    published = [row["fields"] for row in rows if row["fields"]["status"] == "published"]
    published.sort(key=lambda article: article["slug"])
    return sorted(published, key=lambda article: article["published_at"], reverse=True)


@check(task=1, rows=articles)
async def the_feed_takes_one_query(site: Site, draw: Draw) -> None:
    """The feed shows the ten newest articles that are published, from one query."""
    slugs = [article["slug"] for article in newest_first(articles(draw))]
    await asked(site, "slugs/", 1, {"slugs": slugs[:FEED_SIZE]})


@check(task=2, rows=articles)
async def the_latest_takes_one_query(site: Site, draw: Draw) -> None:
    """The latest is the first article of the feed, from one query."""
    latest = newest_first(articles(draw))[0]
    await asked(site, "latest/", 1, {"latest": {key: latest[key] for key in ("slug", "title")}})


@check(task=3, rows=articles)
async def an_article_takes_two_queries_at_most(site: Site, draw: Draw) -> None:
    """An article is found by its slug; a draft, a part of a slug and one unheard of are a 404."""
    found = articles(draw)
    draft = draw.choice([row["fields"] for row in found if row["fields"]["status"] == "draft"])
    one = draw.choice(newest_first(found))
    expected = {key: one[key] for key in ("slug", "title", "body")}
    await asked(site, f"articles/{one['slug']}/", 2, expected)
    for slug in (draft["slug"], one["slug"][:-1], "never-written"):
        expect_status(await site.get(f"/k202/articles/{slug}/"), 404)


@check(task=4, rows=articles)
async def a_page_takes_two_queries_at_most(site: Site, draw: Draw) -> None:
    """A page of the archive shows its part of what is published, whatever number is asked for."""
    slugs = [article["slug"] for article in newest_first(articles(draw))]
    pages = -(-len(slugs) // PAGE_SIZE)
    page = draw.randrange(2, pages)
    for wish, number in (
        (page, page),
        ("two", 1),
        ("2.5", 1),
        ("%C2%B2", 1),
        (-1, pages),
        (pages + draw.randrange(1, 10**4), pages),
    ):
        start = (number - 1) * PAGE_SIZE
        expected = {"page": number, "pages": pages, "slugs": slugs[start : start + PAGE_SIZE]}
        await asked(site, f"archive/?page={wish}", 2, expected)


async def asked(site: Site, path: str, most: int, expected: dict[str, Any]) -> None:
    """Ask for a page and compare what it says, and how many queries it has sent."""
    before = len(site.database.calls)
    expect_json(await site.get(f"/k202/{path}"), expected)
    sent = [call for call in site.database.calls[before:] if "SELECT" in str(call.first)]
    assert len(sent) <= most, (
        f"GET /k202/{path} sent {len(sent)} queries; expected at most {most}. "
        f"The last one was {str(sent[-1].first)[:300]}"
    )


@check(task=4, rows=drafts, involves=(1, 2, 3))
async def with_drafts_alone_there_is_nothing_to_show(site: Site, draw: Draw) -> None:
    """Where nothing is published, the feed is empty, the latest null, and the archive one page."""
    slug = draw.choice(drafts(draw))["fields"]["slug"]
    await asked(site, "slugs/", 1, {"slugs": []})
    await asked(site, "latest/", 1, {"latest": None})
    expect_status(await site.get(f"/k202/articles/{slug}/"), 404)
    for wish in (1, draw.randrange(2, 100)):
        await asked(site, f"archive/?page={wish}", 2, {"page": 1, "pages": 1, "slugs": []})


@check(task=3, rows=articles, involves=(1, 2, 4))
async def an_outage_is_an_outage(site: Site, draw: Draw) -> None:
    """While the database fails, each page is an error 500, and neither a 404 nor an empty page."""
    one = draw.choice(newest_first(articles(draw)))["slug"]
    fails = False

    def answer(call: Call) -> None:
        if fails:
            raise RuntimeError("the database is gone")

    site.database.answer = answer
    paths = ["slugs/", "latest/", f"articles/{one}/", f"archive/?page={draw.randrange(1, 4)}"]
    for path in paths:
        response = await site.get(f"/k202/{path}")
        expect_status(response, 200)
        as_json(response)
    fails = True
    for path in draw.sample(paths, len(paths)):
        expect_status(await site.get(f"/k202/{path}"), 500, ", while the database fails,")
