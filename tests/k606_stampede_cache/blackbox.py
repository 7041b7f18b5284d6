"""What can be seen of k606 from outside: the judge plays the counting office."""

import asyncio
import contextlib
from typing import Any

import httpx

from dojo.blackbox import Asked, Call, Draw, Site, as_json, check, expect_status, not_judged, said

COUNT = "katas.k606_stampede_cache.office:Office.count"
SERVICES = (COUNT,)
# What a sync view can't do without.
BRIDGE = "asgiref.sync:AsyncToSync.__call__"
WATCHED = (BRIDGE,)
PARTIES = ("Lighthouse", "Harbour", "Meadow", "Hill")


def path(place: str) -> str:
    """Return the path of the page of *place*."""
    return f"/k606/results/{place}/"


def places(draw: Draw, count: int) -> list[str]:
    """Draw names of places."""
    return [f"ward-{number}" for number in draw.sample(range(10**6), count)]


def counted(draw: Draw) -> dict[str, int]:
    """Draw figures."""
    return {party: draw.randrange(10**6) for party in draw.sample(PARTIES, 2)}


def hold(site: Site) -> None:
    """Let the office not answer before `Upstream.release`."""
    site.upstream.hold(lambda call: call.service == COUNT)


def is_bridged(site: Site) -> bool:
    """Tell whether sync code of the site has waited for async code."""
    return any(call.service == BRIDGE for call in site.upstream.calls)


def calls_for(site: Site, place: str) -> list[Call]:
    """Return the calls that ask the office about *place*, of which the first argument is self."""
    return [call for call in site.upstream.calls if call.service == COUNT and place in call.given]


async def asked_the_office(site: Site, place: str, page: Asked, calls: int = 1) -> None:
    """Wait until the office has been asked about *place*, while *page* is asked for."""
    await site.patience.until(
        lambda: len(calls_for(site, place)) >= calls,
        lambda: (
            f"{page.what}: the office got {len(calls_for(site, place))} calls about {place!r}; "
            f"expected {calls}."
        ),
        unless=page.task.done,
    )


async def come_as_far(site: Site) -> None:
    """Let what has been asked for come as far as it can: pages that there are not come and go."""
    for _ in range(3):
        expect_status(await site.get("/k606/"), 404, " meanwhile")


def answered(response: httpx.Response, expected: dict[str, Any]) -> None:
    """Compare an answer, but for how often the place was asked for."""
    where = f"GET {response.request.url.path}"
    assert response.status_code == 200, f"{where} answered {response.status_code}; expected 200."
    seen = as_json(response)
    assert isinstance(seen, dict), f"{where} answered {seen!r}; expected a JSON object."
    assert isinstance(seen.get("asked"), int), (
        f"{where} answered {seen!r}; expected a number, 'asked'."
    )
    without = {name: value for name, value in seen.items() if name != "asked"}
    assert without == expected, f"{where} answered {seen!r}; expected {expected!r}, and 'asked'."


@check(task=6, involves=(1, 2))
async def all_readers_share_one_count_of_the_office(site: Site, draw: Draw) -> None:
    """Many who ask at once, and one more, cost the office one count, and each of them counts."""
    place, other = places(draw, 2)
    readers = draw.randrange(6, 10)
    figures = {place: counted(draw), other: None}  # there, no votes have come yet
    site.upstream.answer = lambda call: figures[place] if place in call.given else None
    hold(site)

    async with contextlib.AsyncExitStack() as stack:
        pages = {
            name: [
                await stack.enter_async_context(site.asked("GET", path(name))) for _ in range(many)
            ]
            for name, many in ((place, readers), (other, 1))
        }
        await asked_the_office(site, place, pages[place][0])
        await come_as_far(site)
        site.upstream.release()
        assert not is_bridged(site), f"GET {path(place)}: async_to_sync is at work in a sync view."
        responses = {
            name: await asyncio.gather(*(page.task for page in asked))
            for name, asked in pages.items()
        }
    for name, answers in responses.items():
        answers.append(await site.get(path(name)))
        for response in answers:
            answered(response, {"place": name, "figures": figures[name]})
        calls = len(calls_for(site, name))
        assert calls == 1, (
            f"{len(answers) - 1} asked for {path(name)} at once, and one more afterwards: the "
            f"office counted {calls} times; expected once."
        )
        seen = sorted(said(response, "asked") for response in answers)
        assert seen == list(range(1, len(answers) + 1)), (
            f"GET {path(name)}: 'asked' was {seen!r}; expected 1 to {len(answers)}."
        )


@check(task=4, involves=(1, 2, 6))
async def the_office_counts_for_those_who_stay(site: Site, draw: Draw) -> None:
    """Who asked first and leaves takes nothing along; when nobody is left, the office is let go."""
    place, other = places(draw, 2)
    readers, figures = draw.randrange(2, 4), counted(draw)
    site.upstream.answer = lambda call: figures
    hold(site)

    async with contextlib.AsyncExitStack() as stack:
        pages = [
            await stack.enter_async_context(site.asked("GET", path(other))) for _ in range(readers)
        ]
        await asked_the_office(site, other, pages[0])
        await come_as_far(site)
        if is_bridged(site):
            not_judged(f"GET {path(other)}: async_to_sync is at work, which is of task 6.")
        if (calls := len(calls_for(site, other))) > 1:
            not_judged(
                f"{readers} asked for {path(other)} at once, and the office counted {calls} times: "
                "that they share one count is of task 2."
            )
    await site.patience.until(
        lambda: not site.upstream.in_flight,
        lambda: (
            f"GET {path(other)}: all {readers} readers left, and the office still counts; "
            "expected the call to be cancelled."
        ),
    )

    async with contextlib.AsyncExitStack() as stack:
        async with site.asked("GET", path(place)) as first:
            await asked_the_office(site, place, first, calls=len(calls_for(site, place)) + 1)
            stays = await stack.enter_async_context(site.asked("GET", path(place)))
            await come_as_far(site)
        site.upstream.release()
        answered(await stays.task, {"place": place, "figures": figures})


@check(task=6, involves=(1, 3))
async def an_error_is_an_error_and_counts(site: Site, draw: Draw) -> None:
    """An office that fails makes an error, which is not kept, and the reader is counted."""
    place = places(draw, 1)[0]
    figures, failures = counted(draw), draw.randrange(2, 4)

    def answer(call: Call) -> dict[str, int]:
        if call.service == COUNT and len(calls_for(site, place)) <= failures:
            raise ConnectionError("the office does not answer")
        return figures

    site.upstream.answer = answer
    for number in range(1, failures + 1):
        response = await site.get(path(place))
        assert response.status_code == 500, (
            f"GET {path(place)}, number {number}, answered {response.status_code}, while "
            "the office fails; expected 500."
        )
    response = await site.get(path(place))
    answered(response, {"place": place, "figures": figures})
    asked = said(response, "asked")
    assert asked == failures + 1, (
        f"GET {path(place)}, after {failures} errors: 'asked' was {asked!r}; "
        f"expected {failures + 1}."
    )
