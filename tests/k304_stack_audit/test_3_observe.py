"""Where requests run, as an async view sees it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest

from katas.k304_stack_audit.audit import observe
from katas.k304_stack_audit.reports import Observation
from katas.k304_stack_audit.servers import View
from tests.k304_stack_audit.places import PLACES, Place, one_loop_here, wsgi

in_every_place = pytest.mark.parametrize("place", PLACES, ids=str)


@cache
def watch(place: Place) -> Observation:
    """Return what `observe` reports of *place*; it is asked once, and then remembered."""
    with place.opened() as serve:
        return observe(serve, place.requests)


def explain(place: Place, seen: Observation) -> str:
    """Say what is wrong with what was seen in *place*."""
    return (
        f"observe(serve, requests={place.requests}), serve being {place.name}: (task 3)\n"
        f"  returned {seen}\n  expected {place.truth}"
    )


@pytest.mark.task(3)
def test_sends_as_many_requests_as_asked() -> None:
    """As many requests are sent as are asked for."""
    for requests in (1, 4):
        sent: list[View] = []

        def serve(view: View, sent: list[View] = sent) -> Iterator[bytes]:
            sent.append(view)
            with wsgi() as serve_one:
                return serve_one(view)

        observe(serve, requests)

        assert len(sent) == requests, (
            f"observe(serve, requests={requests}) called serve {len(sent)} times; "
            f"expected {requests}. (task 3)"
        )


@pytest.mark.task(3)
@in_every_place
def test_counts_the_loops(place: Place) -> None:
    """`loops` is how many event loops the requests ran on."""
    seen = watch(place)

    assert seen.loops == place.truth.loops, explain(place, seen)


@pytest.mark.task(3)
@in_every_place
def test_counts_the_loops_that_are_closed(place: Place) -> None:
    """`closed` is how many of these loops are closed when all requests are answered."""
    seen = watch(place)

    assert seen.closed == place.truth.closed, explain(place, seen)


@pytest.mark.task(3)
@in_every_place
def test_tells_where_the_view_ran(place: Place) -> None:
    """`view_elsewhere` is how many requests had their view run in another thread."""
    seen = watch(place)

    assert seen.view_elsewhere == place.truth.view_elsewhere, explain(place, seen)


@pytest.mark.task(3)
@in_every_place
def test_tells_where_the_sync_code_ran(place: Place) -> None:
    """`sync_elsewhere` is how many requests had their sync code run in another thread."""
    seen = watch(place)

    assert seen.sync_elsewhere == place.truth.sync_elsewhere, explain(place, seen)


@pytest.mark.task(3)
def test_the_asking_thread_need_not_be_the_main_one() -> None:
    """In a worker thread, too, "elsewhere" is where the one that asks is not."""

    def ask() -> Observation:
        with one_loop_here() as serve:
            return observe(serve, 2)

    with ThreadPoolExecutor(1) as worker:
        seen = worker.submit(ask).result()

    assert seen.view_elsewhere == 0, (
        "observe(serve, requests=2) in a worker thread, serve being a loop in that same "
        "thread: (task 3)\n"
        f"  returned {seen}\n  expected view_elsewhere=0"
    )
