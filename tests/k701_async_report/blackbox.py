"""What can be seen of k701 from outside: the judge plays desks, ledger and pager."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx

from dojo.blackbox import Asked, Call, Draw, Site, check, expect_status, not_judged, said

FETCH = "katas.newsroom.upstream:desks.fetch"
NOTE = "katas.k701_async_report.office:ledger.note"
PAGE = "katas.k701_async_report.office:pager.page"
SERVICES = (FETCH, NOTE, PAGE)
DESKS = ("city", "sport", "culture", "weather", "letters", "science", "harbour", "markets")
URL = "/k701/async-report/"
# Characters of an answer that a message shows.
SHOWN = 400


def archive(draw: Draw) -> list[dict[str, Any]]:
    """Draw articles: more published ones than the report names, and drafts."""
    count = draw.randrange(13, 18)
    days = draw.sample(range(1, 29), count)
    return [
        {
            "model": "newsroom.article",
            "pk": pk,
            "fields": {
                "slug": f"story-{draw.randrange(10**6)}-{pk}",
                "title": "A story",
                "status": "draft" if pk % 6 == 0 else "published",
                "author": None,
                "tags": [],
                "created_at": "2026-10-01T05:00:00Z",
                "published_at": f"2026-11-{day:02}T05:00:00Z",
            },
        }
        for pk, day in enumerate(days, 1)
    ]


def calls_of(site: Site, service: str) -> list[Call]:
    """Return the calls of one service."""
    return [call for call in site.upstream.calls if call.service == service]


def check_telling(response: httpx.Response, site: Site) -> None:
    """Judge nothing if it was in telling of the report that the view failed."""
    if response.status_code != 200 and calls_of(site, NOTE):
        url = response.request.url.path
        not_judged(
            f"GET {url} answered {response.status_code} after the ledger was told, which is of "
            "task 4."
        )


def path(desks: list[str]) -> str:
    """Return the path of the report of *desks*."""
    return f"{URL}?" + "&".join(f"desk={desk}" for desk in desks)


async def called(site: Site, service: str, page: Asked) -> None:
    """Wait until a service is called for *page*."""
    await site.patience.until(
        lambda: bool(calls_of(site, service)),
        lambda: f"{page.what}: {service.rpartition(':')[2]} was not called; expected a call.",
        unless=page.task.done,
    )


async def fetching(site: Site, count: int, page: Asked) -> None:
    """Wait until *count* calls of desks are under way at once, while *page* is asked for."""

    def under_way() -> int:
        return sum(call.outcome == "running" for call in calls_of(site, FETCH))

    await site.patience.until(
        lambda: under_way() >= count,
        lambda: f"{page.what}: {under_way()} desks are asked at once; expected {count}.",
        unless=page.task.done,
    )


async def every_page(site: Site, draw: Draw) -> AsyncIterator[tuple[httpx.Response, str | None]]:
    """Ask for a report, one that fails, and pages that there are not, with an id and without one.

    Yields answers, each with the id that it was asked with.
    """
    desks = draw.sample(DESKS, 2)
    missing = f"/k701/{draw.randrange(10**6)}/"
    for where, down in (
        (path(desks), False),
        (path(desks), True),
        (missing, False),
    ):

        def answer(call: Call, down: bool = down) -> str:
            if down:
                raise ConnectionError("the desk does not answer")
            return "from the desk"

        site.upstream.answer = answer
        for brought in (f"reader-{draw.randrange(10**6)}", None):
            headers = {"X-Request-ID": brought} if brought else {}
            yield await site.get(where, headers=headers), brought


# Each page goes through the middlewares of tasks 3 and 5.
@check(task=1, involves=(3, 5))
async def one_desk_that_fails_lets_go_of_the_others(site: Site, draw: Draw) -> None:
    """All are asked at once; the others' calls are cancelled before the 500, and nobody else's."""
    desks = draw.sample(DESKS, 4)
    fails = draw.randrange(4)

    def answer(call: Call) -> str:
        if call is failing:
            raise ConnectionError("the desk does not answer")
        return f"from {call.service[-5:]}"

    failing: Call | None = None
    site.upstream.answer = answer
    # Those who are told of a report are of another task, also if they are told too early.
    site.upstream.hold(lambda call: call.service == FETCH)
    expect_status(await site.post(path(desks)), 405)
    async with site.asked("GET", path(desks)) as page:
        await fetching(site, 4, page)
        calls = calls_of(site, FETCH)
        failing = calls[fails]
        async with site.asked("GET", path(desks[:1])) as other:
            await fetching(site, 5, other)
            failing.released.set()
            expect_status(await page.task, 500, ", of which one desk fails,")
            others = [call for call in calls if call is not failing]
            await site.patience.until(
                lambda: all(call.outcome == "cancelled" for call in others),
                lambda: (
                    f"{page.what}: one desk failed, and the other calls ended as "
                    f"{[call.outcome for call in others]!r}; expected all to be cancelled."
                ),
            )
            kept = calls_of(site, FETCH)[-1]
            site.upstream.release()
            served = await other.task
    assert kept.outcome == "ok", (
        f"{other.what}, of another reader meanwhile: its call ended as {kept.outcome!r}; "
        "expected that of the desk that failed to be none of its business."
    )
    check_telling(served, site)
    expect_status(served, 200, " meanwhile")
    stories = {desks[0]: "from fetch"}
    assert said(served, "stories") == stories, (
        f"{other.what} answered {served.text[:SHOWN]}; expected the stories {stories!r}."
    )


@check(task=2, rows=archive, involves=(1, 3, 5))
async def the_archive_is_counted(site: Site, draw: Draw) -> None:
    """The report has the number of the published articles, and the newest ten."""
    articles = [row["fields"] for row in archive(draw) if row["fields"]["status"] == "published"]
    articles.sort(key=lambda article: article["published_at"], reverse=True)
    expected = len(articles), [article["slug"] for article in articles[:10]]
    response = await site.get(path(draw.sample(DESKS, 2)))
    check_telling(response, site)
    expect_status(response, 200)
    seen = said(response, "published"), said(response, "newest")
    assert seen == expected, f"GET {URL}: published and newest are {seen!r}; expected {expected!r}."


@check(task=3, involves=(5,))
async def every_answer_has_its_id(site: Site, draw: Draw) -> None:
    """The one that the request has brought, or a new one, on error pages, too."""
    seen: set[str] = set()
    async for response, brought in every_page(site, draw):
        told = response.headers.get("X-Request-ID", "")
        right = told == brought if brought else re.fullmatch("[0-9a-f]{32}", told)
        assert right and told not in seen, (  # noqa: PT018
            f"{response.request.method} {response.request.url.path} ({response.status_code}): "
            f"X-Request-ID is {told!r}; expected {brought or '32 hex digits of its own'}."
        )
        seen.add(told)


@check(task=4, involves=(1, 3, 5))
async def the_receivers_are_told_and_block_nobody(site: Site, draw: Draw) -> None:
    """Ledger and pager are called once, with the id; others are served, and so if one fails."""
    desks = draw.sample(DESKS, 5)
    entry, paged = draw.randrange(10**6), f"paged {draw.randrange(10**6)}"
    answers: dict[str, str | int] = {FETCH: "a story", NOTE: entry, PAGE: paged}
    broken = draw.choice((NOTE, PAGE))
    down = False

    def answer(call: Call) -> str | int:
        if down and call.service == broken:
            raise ConnectionError("nobody is there")
        return answers[call.service]

    site.upstream.answer = answer
    # The pager may come before the ledger, or after it, and the one waits for the other or not.
    site.upstream.hold(lambda call: call.service == NOTE)

    async with site.asked("GET", path(desks)) as page:
        await called(site, NOTE, page)
        expect_status(await site.get(f"/k701/{draw.randrange(10**6)}/"), 404, " meanwhile")
        site.upstream.release()
        response = await page.task

    expect_status(response, 200)
    told: dict[str, dict[str, str | int]] = {
        NOTE: {"note_in_ledger": entry},
        PAGE: {"page_the_editor": paged},
    }
    expect_told(response, told[NOTE] | told[PAGE])
    reader = response.headers.get("X-Request-ID")
    seen = [call.given for call in (*calls_of(site, NOTE), *calls_of(site, PAGE))]
    expected = [[reader, desks], [reader]]
    assert seen == expected, f"{page.what}: ledger and pager got {seen!r}; expected {expected!r}."

    down = True
    response = await site.get(path(desks))
    name = broken.rpartition(":")[2]
    expect_status(response, 200, f", while {name} raises,")
    expect_told(response, told[PAGE if broken == NOTE else NOTE])
    counts = len(calls_of(site, NOTE)), len(calls_of(site, PAGE))
    assert counts == (2, 2), (
        f"{page.what}, asked for twice: ledger and pager were called {counts} times; "
        "expected (2, 2)."
    )


def expect_told(response: httpx.Response, told: dict[str, str | int]) -> None:
    """Raise AssertionError unless the report says that this was told."""
    assert said(response, "told") == told, (
        f"GET {URL} answered {response.text[:SHOWN]}; expected {told!r} to be told."
    )


@check(task=5, involves=(3,))
async def every_answer_has_its_duration(site: Site, draw: Draw) -> None:
    """In milliseconds with two decimals, on error pages, too."""
    async for response, _ in every_page(site, draw):
        took = response.headers.get("X-Duration-Ms", "")
        assert re.fullmatch(r"\d+\.\d\d", took), (
            f"{response.request.method} {response.request.url.path} ({response.status_code}): "
            f"X-Duration-Ms is {took!r}; expected milliseconds with two decimals."
        )


@check(task=6, involves=(1, 3, 5))
async def who_has_left_is_let_go(site: Site, draw: Draw) -> None:
    """The desks' calls are cancelled, nobody is told, and the next reader gets the report."""
    desks = draw.sample(DESKS, 4)
    site.upstream.answer = lambda call: f"{call.service[-5:]}"
    site.upstream.hold()
    async with site.asked("GET", path(desks)) as page:
        await site.upstream.together(4, page)
    await site.patience.until(
        lambda: not site.upstream.in_flight,
        lambda: (
            f"{page.what}: the reader left, and {len(site.upstream.in_flight)} of 4 calls go on; "
            "expected all to be cancelled."
        ),
    )
    site.upstream.release()

    expect_status(await site.get(path(desks[:1])), 200, ", after a reader who left,")
    told = len(calls_of(site, NOTE)), len(calls_of(site, PAGE))
    assert told == (1, 1), (
        f"One reader left, another got the report: ledger and pager were called {told!r} times; "
        "expected (1, 1)."
    )
