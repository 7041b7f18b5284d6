"""The log: one record a request, and what becomes of requests without a response."""

import asyncio
from collections.abc import Callable

import pytest

from dojo.instruments.asgi import Conversations
from dojo.instruments.service import Service
from katas.newsroom import upstream
from tests.k301_dual_mode_timing import neighbours
from tests.k301_dual_mode_timing.serving import (
    HANDLERS,
    TIMING,
    from_wsgi_handler,
    get,
)
from tests.k301_dual_mode_timing.words import failing_for_what_is_raised

pytestmark = pytest.mark.urls("tests.k301_dual_mode_timing.pages")

WITNESS = "tests.k301_dual_mode_timing.neighbours.witness"
LEAVING = "GET /fetches/, which takes 0.3 s, of which the reader leaves after 0.15 s"
STOPPING = "GET /exits/ through the WSGI handler, which raises SystemExit(1) after 0.1 s"

Logged = Callable[[], list[str]]


@pytest.fixture
def seen(load: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Put a witness above the middleware under test; what comes out of that one, it notes here."""
    notes: list[str] = []
    monkeypatch.setattr(neighbours, "seen", notes)
    load(WITNESS, TIMING)
    return notes


@pytest.fixture
def desk(service: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """Give the desk that /fetches/ asks: it takes 0.3 s, and notes what becomes of the call."""
    service.takes(0.3)
    monkeypatch.setattr(upstream.desks, "fetch", service.fetch)
    return service


@pytest.mark.task(4)
@pytest.mark.parametrize("server", HANDLERS)
@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/waits/0.2/?token=secret", "INFO GET /waits/0.2/ 200 200.00 ms"),
        ("/works/0.0125/", "INFO GET /works/0.0125/ 200 12.50 ms"),
        ("/missing/", "INFO GET /missing/ 404 100.00 ms"),
        ("/broken/", "INFO GET /broken/ 500 100.00 ms"),
    ],
)
async def test_each_request_leaves_one_record(
    server: str, url: str, expected: str, timing: None, logged: Logged
) -> None:
    """Method, path without query string, status and duration are logged, once, as INFO."""
    await get(server, url)

    assert logged() == [expected], (
        f"GET {url} through the {server}: newsroom.timing logged {logged()}; "
        f"expected {[expected]}. (task 4)"
    )


async def leave(asgi: Conversations) -> list[str]:
    """Ask for /fetches/ and leave after 0.15 s; return the types of the messages sent to nobody."""
    __tracebackhide__ = True
    with failing_for_what_is_raised(LEAVING):
        async with asgi("GET", "/fetches/") as conversation:
            await asyncio.sleep(0.15)
            conversation.disconnect()
            await conversation.ended()
    return [message["type"] for message in conversation.sent]


@pytest.mark.task(4)
async def test_a_reader_who_leaves_is_logged(
    seen: list[str], logged: Logged, desk: Service, asgi: Conversations
) -> None:
    """When the reader leaves, one record says CancelledError and the time until then."""
    await leave(asgi)

    expected = ["INFO GET /fetches/ CancelledError 150.00 ms"]
    assert logged() == expected, (
        f"{LEAVING}: newsroom.timing logged {logged()}; expected {expected}. (task 4)"
    )


@pytest.mark.task(4)
async def test_the_cancellation_goes_on(
    seen: list[str], desk: Service, asgi: Conversations
) -> None:
    """When the reader leaves, CancelledError comes out of the middleware, and no response."""
    sent = await leave(asgi)

    assert (seen, sent) == (["CancelledError"], []), (
        f"{LEAVING}: out of timing_middleware came {seen}, and the server was sent {sent}; "
        "expected ['CancelledError'] and nothing. (task 4)"
    )


@pytest.mark.task(4)
async def test_the_view_is_cancelled_at_once(
    seen: list[str], desk: Service, asgi: Conversations
) -> None:
    """When the reader leaves, what the view is waiting for is cancelled at that moment."""
    await leave(asgi)

    ((outcome, end),) = [(span.outcome, span.end) for span in desk.timeline.spans]
    assert (outcome, end) == ("cancelled", 0.15), desk.explain(
        LEAVING,
        observed=f"the view's call ended as {outcome!r} at {end} s",
        expected="'cancelled' at 0.15 s",
        task=4,
    )


def exit_code() -> object:
    """Ask for /exits/ under the WSGI handler; return the code of the SystemExit that comes out."""
    try:
        answer = from_wsgi_handler("/exits/")
    except SystemExit as error:
        return error.code
    return f"none: the answer was {answer.status}"


@pytest.mark.task(4)
async def test_a_worker_that_is_stopped_is_logged(seen: list[str], logged: Logged) -> None:
    """When a WSGI worker is stopped in the middle of a page, one record says SystemExit."""
    with failing_for_what_is_raised(STOPPING):
        await asyncio.to_thread(exit_code)

    expected = ["INFO GET /exits/ SystemExit 100.00 ms"]
    assert logged() == expected, (
        f"{STOPPING}: newsroom.timing logged {logged()}; expected {expected}. (task 4)"
    )


@pytest.mark.task(4)
async def test_the_exit_goes_on(seen: list[str]) -> None:
    """When a WSGI worker is stopped in the middle of a page, SystemExit comes out as it came."""
    with failing_for_what_is_raised(STOPPING):
        code = await asyncio.to_thread(exit_code)

    assert (seen, code) == (["SystemExit"], 1), (
        f"{STOPPING}: out of timing_middleware came {seen}, out of Django the exit code {code}; "
        "expected ['SystemExit'] and 1. (task 4)"
    )
