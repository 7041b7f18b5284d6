"""The cost: no adaptation, no hop, and the page runs where it would run anyway."""

import asyncio
import json
import threading
from collections.abc import Callable

import pytest

from dojo.instruments.adaptations import Adaptations
from dojo.instruments.hops import Hops
from tests.k301_dual_mode_timing.serving import (
    SERVERS,
    TIMING,
    failing_for_what_is_raised,
    from_asgi_handler,
    from_wsgi_handler,
    get,
)

pytestmark = pytest.mark.urls("tests.k301_dual_mode_timing.pages")

NEIGHBOURS = "tests.k301_dual_mode_timing.neighbours"


@pytest.mark.task(3)
@pytest.mark.parametrize("server", SERVERS)
async def test_nothing_is_adapted(
    server: str, timing: None, adaptations: Adaptations
) -> None:
    """While Django loads the middleware, it logs no adaptation."""
    await get(server, "/waits/0.2/")

    assert not adaptations, adaptations.explain(
        f"GET /waits/0.2/ through the {server}", expected="none", task=3
    )


@pytest.mark.task(3)
@pytest.mark.parametrize("neighbour", ["sync_only", "async_only"])
@pytest.mark.parametrize("place", ["above", "below"])
@pytest.mark.parametrize("server", ["ASGI handler", "WSGI handler"])
async def test_a_neighbour_is_adapted_to_as_without_it(
    server: str,
    place: str,
    neighbour: str,
    load: Callable[..., None],
    adaptations: Adaptations,
) -> None:
    """Beside a middleware of one kind, Django adapts what it adapts for that one alone."""
    other = f"{NEIGHBOURS}.{neighbour}"
    load(other)
    with adaptations.during() as bare:
        await get(server, "/waits/0.2/")

    load(*((other, TIMING) if place == "above" else (TIMING, other)))
    with adaptations.during() as taken:
        await get(server, "/waits/0.2/")

    assert list(map(str, taken)) == list(map(str, bare)), taken.explain(
        f"GET /waits/0.2/ through the {server}, with the {neighbour} middleware {place}",
        expected=f"{bare}, as without timing_middleware",
        task=3,
    )


@pytest.mark.task(3)
@pytest.mark.parametrize("url", ["/waits/0.2/", "/works/0.2/", "/missing/"])
@pytest.mark.parametrize("server", SERVERS)
async def test_takes_no_hop(server: str, url: str, load: Callable[..., None], hops: Hops) -> None:
    """A request takes as many hops to a thread as through an empty stack."""
    load()
    with hops.during() as bare:
        await get(server, url)

    load(TIMING)
    with hops.during() as taken:
        await get(server, url)

    assert taken.above(bare) == 0, taken.explain(
        f"GET {url} through the {server}",
        expected=f"{len(bare)}, as without timing_middleware",
        task=3,
    )


@pytest.mark.task(3)
async def test_an_async_page_runs_on_the_servers_loop(timing: None) -> None:
    """Under the ASGI handler, an async page runs on the thread of the server's event loop."""
    with failing_for_what_is_raised("GET /where/ through the ASGI handler"):
        answer = await from_asgi_handler("/where/")

    here, there = threading.get_ident(), json.loads(answer.body)["thread"]
    assert there == here, (
        f"GET /where/ through the ASGI handler: the page ran in thread {there}; expected {here}, "
        "that of the server's event loop. (task 3)"
    )


@pytest.mark.task(3)
async def test_a_sync_page_runs_on_the_servers_thread(timing: None) -> None:
    """Under the WSGI handler, a sync page runs on the thread that the server has given it."""

    def serve() -> tuple[int, int]:
        answer = from_wsgi_handler("/where-sync/")
        return threading.get_ident(), json.loads(answer.body)["thread"]

    with failing_for_what_is_raised("GET /where-sync/ through the WSGI handler"):
        here, there = await asyncio.to_thread(serve)

    assert there == here, (
        f"GET /where-sync/ through the WSGI handler: the page ran in thread {there}; expected "
        f"{here}, in which the server called Django. (task 3)"
    )
