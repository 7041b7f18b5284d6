"""Where requests run, as an async view sees it."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest

from katas.k304_stack_audit.audit import observe
from katas.k304_stack_audit.reports import Observation
from tests.k304_stack_audit.places import PLACES, Counter, Place, one_loop_here

# Django warns of a stream under WSGI, and a view may stream.
pytestmark = pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume:Warning")


@cache
def watch(place: Place) -> Observation:
    """Return what `observe` reports of *place*; it is asked once, and then remembered."""
    with place.opened() as serve:
        return observe(serve, place.requests)


def check(figure: str, places: Iterable[Place] = PLACES) -> None:
    """Fail unless `observe` is right about *figure* in all *places*."""
    for place in places:
        seen = watch(place)
        found, expected = getattr(seen, figure), getattr(place.truth, figure)
        assert found == expected, (
            f"observe(serve, requests={place.requests}), serve being {place.name}: (task 3)\n"
            f"  returned {seen}\n  expected {place.truth}"
        )


@pytest.mark.task(3)
def test_reads_each_answer_to_its_end() -> None:
    """Each answer is read to its end: before that, the request is still running."""
    serve = Counter()

    observe(serve, 2)

    running = serve.sent - serve.answered
    assert not running, (
        f"observe(serve, requests=2) did not read an answer to its end: {running} of {serve.sent} "
        f"requests {'is' if running == 1 else 'are'} still running. (task 3)"
    )


@pytest.mark.task(3)
def test_sends_as_many_requests_as_asked() -> None:
    """As many requests are sent as are asked for."""
    for requests in (1, 4):
        serve = Counter()

        observe(serve, requests)

        assert serve.sent == requests, (
            f"observe(serve, requests={requests}) called serve {serve.sent} times; "
            f"expected {requests}. (task 3)"
        )


@pytest.mark.task(3)
def test_sends_one_request_after_the_other() -> None:
    """No request is sent before the answer to the last one was read to its end."""
    serve = Counter()

    observe(serve, 3)

    assert not serve.overlapping, (
        f"observe(serve, requests=3) called serve {serve.overlapping} times while an earlier "
        "request was still running; expected one request after the other. (task 3)"
    )


@pytest.mark.task(3)
@pytest.mark.parametrize("place", PLACES, ids=str)
def test_counts_the_loops(place: Place) -> None:
    """`loops` is how many event loops the requests ran on."""
    check("loops", [place])


@pytest.mark.task(3)
def test_counts_the_loops_that_are_closed() -> None:
    """`closed` is how many of these loops are closed when all requests are answered."""
    check("closed")


@pytest.mark.task(3)
def test_tells_where_the_view_ran() -> None:
    """`view_elsewhere` is how many requests had their view run in another thread."""
    check("view_elsewhere")


@pytest.mark.task(3)
def test_tells_where_the_sync_code_ran() -> None:
    """`sync_elsewhere` is how many requests had their sync code run in another thread."""
    check("sync_elsewhere")


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
