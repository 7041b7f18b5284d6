"""What can be seen of k606 from outside: the judge plays the counting office."""

import asyncio
import contextlib
from typing import Any

import httpx

from dojo.blackbox import Asked, Call, Draw, Site, as_json, check, said

SERVICES = ("katas.k606_stampede_cache.office:Office.count",)
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


def calls_for(site: Site, place: str) -> list[Call]:
    """Return the calls that ask the office about *place*, of which the first argument is self."""
    return [
        call for call in site.upstream.calls if place in (*call.arguments, *call.keywords.values())
    ]


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


@check(task=6)
async def all_readers_share_one_count_of_the_office(site: Site, draw: Draw) -> None:
    """Many who ask at once cost the office one count, other places do not wait, and all count."""
    place, other = places(draw, 2)
    readers = draw.randrange(12, 20)
    figures = {place: counted(draw), other: counted(draw)}
    site.upstream.answer = lambda call: next(
        figures[name] for name in figures if name in (*call.arguments, *call.keywords.values())
    )
    site.upstream.hold()

    async with contextlib.AsyncExitStack() as stack:
        pages = [
            await stack.enter_async_context(site.asked("GET", path(place))) for _ in range(readers)
        ]
        await asked_the_office(site, place, pages[0])
        # Asked for last: when the office counts it, those before have come as far.
        last = await stack.enter_async_context(site.asked("GET", path(other)))
        await asked_the_office(site, other, last)
        site.upstream.release()
        responses = await asyncio.gather(*(page.task for page in pages), last.task)
    responses.append(await site.get(path(place)))

    for response in responses:
        name = other if response is responses[-2] else place
        answered(response, {"place": name, "figures": figures[name]})
    calls = len(calls_for(site, place))
    assert calls == 1, (
        f"{readers} readers asked for {path(place)} at once, and one more afterwards: the office "
        f"counted {calls} times; expected once."
    )
    seen = sorted(said(response, "asked") for response in (*responses[:-2], responses[-1]))
    assert seen == list(range(1, readers + 2)), (
        f"GET {path(place)}: 'asked' was {seen!r}; expected 1 to {readers + 1}."
    )


@check(task=4)
async def the_office_counts_for_those_who_stay(site: Site, draw: Draw) -> None:
    """Who asked first and leaves takes nothing along; when nobody is left, the office is let go."""
    place, other = places(draw, 2)
    figures = counted(draw)
    site.upstream.answer = lambda call: figures
    site.upstream.hold()

    async with site.asked("GET", path(other)) as alone:
        await asked_the_office(site, other, alone)
    call = calls_for(site, other)[0]
    await site.patience.until(
        lambda: call.outcome != "running",
        lambda: (
            f"GET {path(other)}: the only reader left, and the office still counts; "
            "expected the call to be cancelled."
        ),
    )

    async with contextlib.AsyncExitStack() as stack:
        async with site.asked("GET", path(place)) as first:
            await asked_the_office(site, place, first)
            stays = await stack.enter_async_context(site.asked("GET", path(place)))
            # Asked for last, so that the one who stays has joined.
            last = await stack.enter_async_context(site.asked("GET", path(other)))
            await asked_the_office(site, other, last, calls=2)
        site.upstream.release()
        answered(await stays.task, {"place": place, "figures": figures})


@check(task=3)
async def an_error_is_for_those_who_share_it(site: Site, draw: Draw) -> None:
    """An office that fails makes an error, which is not kept, and the reader is counted."""
    place = places(draw, 1)[0]
    figures, failures = counted(draw), draw.randrange(2, 4)

    def answer(call: Call) -> dict[str, int]:
        if len(site.upstream.calls) <= failures:
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
