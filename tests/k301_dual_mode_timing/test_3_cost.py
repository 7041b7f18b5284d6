"""The cost: no adaptation, no hop, and the page runs where it would run anyway."""

import asyncio
from collections import Counter
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from dojo.instruments.adaptations import Adaptations
from dojo.instruments.hops import Hops
from tests.k301_dual_mode_timing.direct import Below, handed_on
from tests.k301_dual_mode_timing.pages import this_thread
from tests.k301_dual_mode_timing.serving import (
    HANDLERS,
    TIMING,
    from_wsgi_handler,
    get,
)
from tests.k301_dual_mode_timing.words import failing_for_what_is_raised

pytestmark = pytest.mark.urls("tests.k301_dual_mode_timing.pages")

NEIGHBOURS = "tests.k301_dual_mode_timing.neighbours"


def beyond(taken: Hops, bare: Hops) -> Hops:
    """Return the hops that are *taken* and not among the *bare* ones, which Django takes anyway."""
    of_django = Counter(hop.call for hop in bare)
    more = Hops()
    for hop in taken:
        if of_django[hop.call]:
            of_django[hop.call] -= 1
        else:
            more.append(hop)
    return more


@pytest.mark.task(3)
@pytest.mark.parametrize("server", HANDLERS)
async def test_nothing_is_adapted(server: str, timing: None, adaptations: Adaptations) -> None:
    """While Django loads the middleware, it logs no adaptation."""
    await get(server, "/waits/0.2/")

    assert not adaptations, adaptations.explain(
        f"GET /waits/0.2/ through the {server}", expected="none", task=3
    )


@pytest.mark.task(3)
@pytest.mark.parametrize("neighbour", ["sync_only", "async_only"])
@pytest.mark.parametrize("server", HANDLERS)
async def test_a_neighbour_is_adapted_to_as_without_it(
    server: str, neighbour: str, load: Callable[..., None], adaptations: Adaptations
) -> None:
    """Above a middleware of one kind, Django adapts what it adapts for that one alone."""
    load(f"{NEIGHBOURS}.{neighbour}")
    with adaptations.during() as bare:
        await get(server, "/waits/0.2/")

    load(TIMING, f"{NEIGHBOURS}.{neighbour}")
    with adaptations.during() as taken:
        await get(server, "/waits/0.2/")

    before = [str(adaptation) for adaptation in bare]
    assert [str(adaptation) for adaptation in taken] == before, taken.explain(
        f"GET /waits/0.2/ through the {server}, with the {neighbour} middleware below",
        expected=f"as without timing_middleware, {', '.join(before) or 'none'}",
        task=3,
    )


@pytest.mark.task(3)
@pytest.mark.parametrize("url", ["/waits/0.2/", "/works/0.2/"])
@pytest.mark.parametrize("server", HANDLERS)
async def test_takes_no_hop(server: str, url: str, load: Callable[..., None], hops: Hops) -> None:
    """A request takes as many hops to a thread as through an empty stack."""
    load()
    with hops.during() as bare:
        await get(server, url)

    load(TIMING)
    with hops.during() as taken:
        await get(server, url)

    more = beyond(taken, bare)
    assert taken.above(bare) == 0, more.explain(
        f"GET {url} through the {server}, beyond those without timing_middleware",
        expected="none",
        task=3,
    )


@pytest.mark.task(3)
@pytest.mark.parametrize("kind", [HttpResponse, asyncio.CancelledError])
async def test_takes_no_hop_whatever_comes_out(
    kind: type[HttpResponseBase | BaseException], hops: Hops
) -> None:
    """On the event loop nothing goes to a thread, for a response or for a cancelled request."""
    await handed_on("async", Below(kind()))

    assert not hops, hops.explain(
        f"async get_response that ends with {kind.__name__}", expected="none", task=3
    )


@pytest.mark.task(3)
async def test_the_page_runs_in_the_task_that_asks() -> None:
    """On the event loop get_response is awaited in the same task, and has the same context."""
    below = Below(HttpResponse())
    await handed_on("async", below)

    here, there = asyncio.current_task(), below.task
    same = there is here
    assert same, (
        f"async get_response, awaited in the task {name_of(here)}: it ran in {name_of(there)}; "
        "expected the same task. (task 3)"
    )


def name_of(task: asyncio.Task[object] | None) -> str:
    """Return the name of *task*."""
    return task.get_name() if task else "none"


@pytest.mark.task(3)
async def test_an_async_page_runs_on_the_servers_loop(timing: None) -> None:
    """Under the ASGI handler, an async page runs on the thread of the server's event loop."""
    answer = await get("ASGI handler", "/where/")

    here, there = this_thread(), answer.body.decode()
    assert there == here, (
        f"GET /where/ through the ASGI handler: the page ran on {there}; expected {here}, the "
        "thread of the server's event loop. (task 3)"
    )


@pytest.mark.task(3)
async def test_a_sync_page_runs_on_the_servers_thread(timing: None) -> None:
    """Under the WSGI handler, a sync page runs on the thread that the server has given it."""

    def serve() -> tuple[str, str]:
        return this_thread(), from_wsgi_handler("/where-sync/").body.decode()

    with failing_for_what_is_raised("GET /where-sync/ through the WSGI handler"):
        here, there = await asyncio.to_thread(serve)

    assert there == here, (
        f"GET /where-sync/ through the WSGI handler: the page ran on {there}; expected {here}, on "
        "which the server called Django. (task 3)"
    )
