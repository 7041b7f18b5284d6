"""What can be seen of k203 from outside: the judge sees each query, and lets it wait."""

from typing import Any

from dojo.blackbox import Draw, Site, check, expect_json

QUERIES = True
INDEX = "/k203/index/"
TAGS = ("city", "desk-check", "desktop", "desk-later", "harbour", "on-desk-duty", "roads")


def rows(draw: Draw) -> list[dict[str, Any]]:
    """Return authors, tags and some 200 articles, of which some lack what others have."""
    authors, tags = range(1, 9), range(1, len(TAGS) + 1)
    articles = range(1, draw.randrange(180, 240))
    slugs = draw.sample(range(10**6), len(articles))
    return [
        *(row("author", pk, name=f"Author {draw.randrange(10**6)}") for pk in authors),
        *(row("tag", pk, name=name) for pk, name in zip(tags, TAGS, strict=True)),
        *(
            row(
                "article",
                pk,
                title=f"Story {draw.randrange(50)}",
                slug=f"story-{slug:06}",
                status=draw.choice(("published", "published", "draft")),
                author=draw.choice((None, *authors)),
                tags=draw.sample(tags, draw.randrange(4)),
                created_at="2026-11-01T06:00:00Z",
            )
            for pk, slug in zip(articles, slugs, strict=True)
        ),
    ]


def row(model: str, pk: int, **fields: Any) -> dict[str, Any]:
    """Return a row as Django's serializer writes it."""
    return {"model": f"newsroom.{model}", "pk": pk, "fields": fields}


def index(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the page is to answer."""
    fields = {(row["model"].partition(".")[2], row["pk"]): row["fields"] for row in rows}
    articles = []
    for (model, _), article in fields.items():
        if model == "article" and article["status"] == "published":
            names = sorted(fields["tag", pk]["name"] for pk in article["tags"])
            shown = [name for name in names if not name.startswith("desk-")]
            author = article["author"]
            articles.append(
                {
                    "slug": article["slug"],
                    "title": article["title"],
                    "author": fields["author", author]["name"] if author else None,
                    "lead": shown[0] if shown else None,
                    "tags": shown,
                }
            )
    return {"articles": sorted(articles, key=lambda article: article["slug"])}


@check(task=4, rows=rows, involves=(1, 2, 3))
async def index_asks_twice_at_most(site: Site, draw: Draw) -> None:
    """All articles are listed as they are, and the database has been sent two queries or one."""
    expected = index(rows(draw))

    response = await site.get(INDEX)
    expect_json(response, expected)
    kind = response.headers.get("Content-Type")
    assert kind == "application/json", (
        f"GET {INDEX} answered with Content-Type: {kind}; expected application/json."
    )
    sent = [str(call.first) for call in site.database.calls if "SELECT" in str(call.first)]
    assert len(sent) <= 2, (
        f"GET {INDEX} with {len(expected['articles'])} articles sent {len(sent)} queries; "
        f"expected at most 2. The last one was {sent[-1][:300]}"
    )


@check(task=4, rows=rows, involves=(1, 2, 3))
async def index_leaves_the_loop_free(site: Site, draw: Draw) -> None:
    """While the database has not answered one reader, the query of another one is sent."""
    expected = index(rows(draw))
    site.database.hold()

    async with site.asked("GET", INDEX) as first:
        await site.database.together(1, first)
        async with site.asked("GET", INDEX) as second:
            await site.database.together(2, second)
            site.database.release()
            answers = [await first.task, await second.task]

    for response in answers:
        expect_json(response, expected)
