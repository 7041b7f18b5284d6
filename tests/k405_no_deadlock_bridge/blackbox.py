"""What can be seen of k405 from outside: articles that quote each other, and slow desks."""

from typing import Any

from dojo.blackbox import Draw, Site, check, expect_json, expect_status

SERVICES = ("katas.newsroom.upstream:desks.fetch",)
DEPTH = 4


def slugs(draw: Draw) -> list[str]:
    """Return the slugs of articles, of which each quotes the next one."""
    return [f"story-{number}" for number in draw.sample(range(10**6), DEPTH)]


def chain(draw: Draw, first: str = "published") -> list[dict[str, Any]]:
    """Return rows of articles that quote each other, down to the last one."""
    names = slugs(draw)
    return [
        {
            "model": "newsroom.article",
            "pk": pk,
            "fields": {
                "title": slug.upper(),
                "slug": slug,
                "body": f"{slug} says [[{following}]]." if following else f"{slug} ends.",
                "status": "published" if pk > 1 else first,
                "created_at": "2026-11-01T06:00:00Z",
            },
        }
        for pk, (slug, following) in enumerate(zip(names, [*names[1:], None], strict=True), 1)
    ]


def with_a_draft(draw: Draw) -> list[dict[str, Any]]:
    """Return the same, the first one a draft."""
    return chain(draw, first="draft")


def text(names: list[str]) -> str:
    """Return the text of the first of *names*, with all that it quotes."""
    first, *others = names
    return f"{first} says {text(others)}." if others else f"{first} ends."


def sheet(names: list[str]) -> dict[str, str]:
    """Return the sheet of the first of *names*."""
    return {"title": names[0].upper(), "kicker": f"from {names[0]}", "text": text(names)}


def answer_from_the_desk(site: Site) -> None:
    """Let each desk answer with its own name."""
    site.upstream.answer = lambda call: f"from {call.first}"


def three_chains(draw: Draw) -> list[dict[str, Any]]:
    """Return rows of three such chains: what is printed once has its quotations put in."""
    rows = [row for _ in range(3) for row in chain(draw)]
    return [row | {"pk": pk} for pk, row in enumerate(rows, 1)]


@check(task=2, rows=three_chains, involves=(1,))
async def sheets_with_quotations_come_at_every_depth(site: Site, draw: Draw) -> None:
    """From a sync view and from a sync island; readers wait neither for ever nor for each other."""
    chains = [slugs(draw) for _ in range(3)]
    answer_from_the_desk(site)
    expect_json(await site.get(f"/k405/sheet/{chains[0][0]}/"), sheet(chains[0]))
    expect_json(await site.get(f"/k405/preview/{chains[1][1]}/"), sheet(chains[1][1:]))
    site.upstream.hold()
    async with site.asked("GET", f"/k405/sheet/{chains[1][0]}/") as first:
        await site.upstream.together(1, first)
        async with site.asked("GET", f"/k405/preview/{chains[2][0]}/") as second:
            await site.upstream.together(2, second)
            site.upstream.release()
            expect_json(await first.task, sheet(chains[1]))
            expect_json(await second.task, sheet(chains[2]))


@check(task=3, rows=with_a_draft, involves=(1, 2))
async def a_sheet_is_part_of_its_callers_transaction(site: Site, draw: Draw) -> None:
    """To publish shows what is not committed yet; if a desk fails, all of it is undone."""
    names = slugs(draw)
    answers = iter([*(f"from {name}" for name in names[:-1]), None])

    def answer(call: object) -> str:
        said = next(answers)
        if said is None:
            raise ValueError("the desk has gone home")
        return said

    expect_status(await site.get(f"/k405/sheet/{names[0]}/"), 500, ", a draft,")
    site.upstream.answer = answer
    path = f"/k405/publish/{names[0]}/"
    expect_status(await site.post(path), 500, " while the desk of its last quotation fails")
    answer_from_the_desk(site)
    when = " after it could not be published"
    expect_status(await site.get(f"/k405/sheet/{names[0]}/"), 500, when)
    expect_json(await site.post(path), sheet(names))
    expect_json(await site.get(f"/k405/sheet/{names[0]}/"), sheet(names))


@check(task=6, rows=chain, involves=(1, 2))
async def proofs_come_line_by_line(site: Site, draw: Draw) -> None:
    """Async code reads a sync generator that loads an article for each line, step by step."""
    names = slugs(draw)
    asked = [names[-1], names[-2], names[-1]]
    answer_from_the_desk(site)
    site.upstream.hold()
    path = f"/k405/proof/{'+'.join(asked)}/"
    async with site.asked("GET", path) as page:
        await site.upstream.together(1, page)
        expect_status(await site.get("/k405/nowhere/"), 404, " while a desk is slow")
        site.upstream.release()
        answer = await page.task
    lines = [f"{slug.upper()}: {text(names[names.index(slug) :])}" for slug in asked]
    expect_json(answer, {"lines": lines})
    called = list(dict.fromkeys(str(call.first) for call in site.upstream.calls))
    expected = [names[-1], names[-2]]
    assert called == expected, f"GET {path}: the desks were asked {called}; expected {expected}."
