"""The header: how long the request took, on every response, under every server."""

import asyncio

import pytest
from django.http import StreamingHttpResponse

from dojo.instruments.clock import Clock
from tests.k301_dual_mode_timing.direct import MODES, THE_SAME, Below, handed_on
from tests.k301_dual_mode_timing.serving import (
    HANDLERS,
    HEADER,
    SERVERS,
    Answer,
    get,
    one_handler,
)
from tests.k301_dual_mode_timing.words import failing_for_what_is_raised

pytestmark = [
    pytest.mark.urls("tests.k301_dual_mode_timing.pages"),
    pytest.mark.usefixtures("timing"),
]


@pytest.mark.task(1)
@pytest.mark.parametrize("server", SERVERS)
async def test_a_sync_page_tells_its_time(server: str) -> None:
    """A sync page of 0.2 s carries the header, in milliseconds with two decimals: 200.00."""
    answer = await get(server, "/works/0.2/")

    assert (answer.status, answer.duration) == (200, "200.00"), (
        f"GET /works/0.2/ through the {server} answered {answer.status} with {HEADER}: "
        f"{answer.duration}; expected 200 with 200.00, on the clocks of the module time. (task 1)"
    )


@pytest.mark.task(1)
@pytest.mark.parametrize("server", HANDLERS)
async def test_an_async_page_tells_its_time(server: str) -> None:
    """An async page of 1.3125 s carries the header: 1312.50."""
    answer = await get(server, "/waits/1.3125/")

    assert (answer.status, answer.duration) == (200, "1312.50"), (
        f"GET /waits/1.3125/ through the {server} answered {answer.status} with {HEADER}: "
        f"{answer.duration}; expected 200 with 1312.50, on the clocks of the module time. (task 1)"
    )


@pytest.mark.task(1)
@pytest.mark.parametrize("server", HANDLERS)
@pytest.mark.parametrize(
    ("url", "status", "expected"),
    [("/missing/", 404, "100.00"), ("/no-such-page/", 404, "0.00"), ("/broken/", 500, "100.00")],
)
async def test_an_error_page_tells_its_time(
    server: str, url: str, status: int, expected: str
) -> None:
    """Responses 404 and 500 carry the header like any other, and keep their status."""
    answer = await get(server, url)

    assert (answer.status, answer.duration) == (status, expected), (
        f"GET {url} through the {server} answered {answer.status} with {HEADER}: "
        f"{answer.duration}; expected {status} with {expected}. (task 1)"
    )


@pytest.mark.task(1)
@pytest.mark.parametrize("mode", MODES)
async def test_a_response_is_handed_on_as_it_came(mode: str) -> None:
    """What comes out is the very response of get_response, a stream unread, with the header."""
    response = StreamingHttpResponse([b"one", b"two"])
    came = await handed_on(mode, Below(response))

    seen = (came, list(response), response.headers.get(HEADER))
    assert seen == (THE_SAME, [b"one", b"two"], "100.00"), (
        f"{mode} get_response that returns a StreamingHttpResponse of two parts after 0.1 s: out "
        f"of timing_middleware came {came}; left of the parts {seen[1]}; {HEADER} {seen[2]}; "
        f"expected {THE_SAME}, both parts and 100.00. (task 1)"
    )


@pytest.mark.task(1)
@pytest.mark.parametrize(
    ("server", "page"),
    [("ASGI handler", "waits"), ("ASGI handler", "works"), ("WSGI handler", "works")],
)
async def test_requests_at_the_same_time_have_times_of_their_own(server: str, page: str) -> None:
    """Of three requests that overlap, two of them for the same URL, each is told its own time."""
    ask = await one_handler(server)

    async def later(seconds: float, url: str) -> Answer:
        await asyncio.sleep(seconds)
        return await ask(url)

    long, short = f"/{page}/0.3/", f"/{page}/0.1/"
    with failing_for_what_is_raised(f"GET {long} and others at the same time, {server},"):
        answers = await asyncio.gather(later(0, long), later(0.1, long), later(0.15, short))

    durations = [answer.duration for answer in answers]
    assert durations == ["300.00", "300.00", "100.00"], (
        f"GET {long} through the {server}, the same 0.1 s later, GET {short} after 0.15 s: "
        f"{HEADER} {durations}; expected 300.00, 300.00 and 100.00. (task 1)"
    )


@pytest.mark.task(1)
@pytest.mark.parametrize("server", HANDLERS)
async def test_setting_the_wall_clock_changes_nothing(server: str, clock: Clock) -> None:
    """A clock on the wall that is set back during the request does not falsify its duration."""

    async def set_back() -> None:
        await asyncio.sleep(0.1)
        clock.set_wall_clock(-3600)

    answer, _ = await asyncio.gather(get(server, "/waits/0.2/"), set_back())

    assert answer.duration == "200.00", (
        f"GET /waits/0.2/ through the {server}, with the clock of the machine set back by an hour "
        f"in the middle: {HEADER} {answer.duration}; expected 200.00. (task 1)"
    )
