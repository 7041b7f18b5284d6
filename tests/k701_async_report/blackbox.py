"""What can be seen of k701 from outside: the judge plays desks, ledger and pager."""

import re
from typing import Any

import httpx

from dojo.blackbox import Asked, Call, Draw, Site, check

FETCH = "katas.newsroom.upstream:desks.fetch"
NOTE = "katas.k701_async_report.office:ledger.note"
PAGE = "katas.k701_async_report.office:pager.page"
SERVICES = (FETCH, NOTE, PAGE)
DESKS = ("city", "sport", "culture", "weather", "letters", "science", "harbour", "markets")
URL = "/k701/async-report/"


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


def said(call: Call) -> list[Any]:
    """Return all that a call was given."""
    return [*call.arguments, *call.keywords.values()]


def path(desks: list[str]) -> str:
    """Return the path of the report of *desks*."""
    return f"{URL}?" + "&".join(f"desk={desk}" for desk in desks)


def marked(response: httpx.Response, brought: str | None) -> str:
    """Check the two headers that every response has; return the id."""
    what = f"{response.request.method} {response.request.url.path} ({response.status_code})"
    seen = response.headers.get("X-Request-ID")
    expected = "32 hex digits of its own" if brought is None else repr(brought)
    right = re.fullmatch("[0-9a-f]{32}", seen or "") if brought is None else seen == brought
    assert right, f"{what}: X-Request-ID is {seen!r}; expected {expected}."
    took = response.headers.get("X-Duration-Ms")
    assert re.fullmatch(r"\d+\.\d\d", took or ""), (
        f"{what}: X-Duration-Ms is {took!r}; expected milliseconds with two decimals."
    )
    return str(seen)


async def called(site: Site, service: str, page: Asked) -> Call:
    """Wait until a service is called for *page*; return its first call."""
    await site.patience.until(
        lambda: bool(calls_of(site, service)),
        lambda: f"{page.what}: {service.rpartition(':')[2]} was not called; expected a call.",
        unless=page.task.done,
    )
    return calls_of(site, service)[0]


@check(task=4, rows=archive)
async def the_report_is_whole_and_the_others_are_served(site: Site, draw: Draw) -> None:
    """All desks are asked at once, the ledger blocks nobody, and the id goes wherever it has to."""
    articles = [row["fields"] for row in archive(draw) if row["fields"]["status"] == "published"]
    articles.sort(key=lambda article: article["published_at"], reverse=True)
    desks, reader = draw.sample(DESKS, 5), f"reader-{draw.randrange(10**6)}"
    stories = {desk: f"{desk}:{draw.randrange(10**9)}" for desk in desks}
    entry, paged = draw.randrange(10**6), f"paged {draw.randrange(10**6)}"
    site.upstream.answer = lambda call: {
        FETCH: stories.get(str(said(call)[-1])),
        NOTE: entry,
        PAGE: paged,
    }[call.service]
    site.upstream.hold()

    async with site.asked("GET", path(desks), headers={"X-Request-ID": reader}) as page:
        await site.upstream.together(5, page)
        for call in site.upstream.calls:
            call.released.set()
        # The pager may come before the ledger, or after it, and the one waits for the other or not.
        await site.patience.until(
            lambda: bool(calls_of(site, NOTE) or calls_of(site, PAGE)),
            lambda: f"{page.what}: neither ledger nor pager were called; expected both.",
            unless=page.task.done,
        )
        for call in calls_of(site, PAGE):
            call.released.set()
        note = await called(site, NOTE, page)
        refused = await site.post(URL)
        assert refused.status_code == 405, (
            f"POST {URL} answered {refused.status_code}; expected 405."
        )
        marked(refused, None)
        site.upstream.release()
        response = await page.task

    assert response.status_code == 200, (
        f"{page.what} answered {response.status_code}; expected 200."
    )
    marked(response, reader)
    expected = {
        "stories": stories,
        "published": len(articles),
        "newest": [article["slug"] for article in articles[:10]],
        "told": {"note_in_ledger": entry, "page_the_editor": paged},
    }
    assert response.json() == expected, (
        f"{page.what} answered {response.json()!r}; expected {expected!r}."
    )
    seen = [said(call) for call in (note, *calls_of(site, NOTE)[1:], *calls_of(site, PAGE))]
    told = [[reader, desks], [reader]]
    assert seen == told, f"{page.what}: ledger and pager were given {seen!r}; expected {told!r}."


@check(task=6)
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

    response = await site.get(path(desks[:1]))

    assert response.status_code == 200, (
        f"GET {path(desks[:1])}, after a reader who left, answered {response.status_code}; "
        "expected 200."
    )
    told = len(calls_of(site, NOTE)), len(calls_of(site, PAGE))
    assert told == (1, 1), (
        f"One reader left, another got the report: ledger and pager were called {told!r} times; "
        "expected (1, 1)."
    )


@check(task=1)
async def one_desk_that_fails_lets_go_of_the_others(site: Site, draw: Draw) -> None:
    """The others' calls are cancelled before the 500, which has its id; others get theirs."""
    desks = draw.sample(DESKS, 4)
    fails = draw.randrange(4)
    readers = [f"reader-{number}" for number in draw.sample(range(10**6), 2)]

    def answer(call: Call) -> str:
        if call is failing:
            raise ConnectionError("the desk does not answer")
        return f"from {call.service[-5:]}"

    failing: Call | None = None
    site.upstream.answer = answer
    site.upstream.hold()
    async with (
        site.asked("GET", path(desks), headers={"X-Request-ID": readers[0]}) as page,
    ):
        await site.upstream.together(4, page)
        calls = list(site.upstream.calls)
        failing = calls[fails]
        async with site.asked(
            "GET", path(desks[:1]), headers={"X-Request-ID": readers[1]}
        ) as other:
            await site.upstream.together(5, other)
            failing.released.set()
            response = await page.task
            assert response.status_code == 500, (
                f"{page.what}, of which one desk fails, answered "
                f"{response.status_code}; expected 500."
            )
            marked(response, readers[0])
            others = [call for call in calls if call is not failing]
            await site.patience.until(
                lambda: all(call.outcome == "cancelled" for call in others),
                lambda: (
                    f"{page.what}: one desk failed, and the other calls ended as "
                    f"{[call.outcome for call in others]!r}; expected all to be cancelled."
                ),
            )
            site.upstream.release()
            served = await other.task
    assert served.status_code == 200, (
        f"{other.what}, meanwhile, answered {served.status_code}; expected 200."
    )
    marked(served, readers[1])
