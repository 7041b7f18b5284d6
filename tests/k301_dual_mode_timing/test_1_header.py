"""The header: how long the request took, on every response, under every server."""

import asyncio

import httpx
import pytest

from dojo.instruments.clock import Clock
from tests.k301_dual_mode_timing.serving import (
    HANDLERS,
    HEADER,
    SERVERS,
    get,
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
        f"{answer.duration}; expected 200 with 200.00. (task 1)"
    )


@pytest.mark.task(1)
@pytest.mark.parametrize("server", SERVERS)
async def test_an_async_page_tells_its_time(server: str) -> None:
    """An async page of 1.3125 s carries the header: 1312.50."""
    answer = await get(server, "/waits/1.3125/")

    assert (answer.status, answer.duration) == (200, "1312.50"), (
        f"GET /waits/1.3125/ through the {server} answered {answer.status} with {HEADER}: "
        f"{answer.duration}; expected 200 with 1312.50. (task 1)"
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
@pytest.mark.parametrize("page", ["waits", "works"])
async def test_requests_at_the_same_time_have_times_of_their_own(
    page: str, asgi_client: httpx.AsyncClient
) -> None:
    """Of two requests that overlap under one ASGI handler, each is told its own time."""

    async def later() -> httpx.Response:
        await asyncio.sleep(0.1)
        return await asgi_client.get(f"/{page}/0.1/")

    with failing_for_what_is_raised("two requests at the same time"):
        answers = await asyncio.gather(asgi_client.get(f"/{page}/0.3/"), later())

    told = [answer.headers.get(HEADER) for answer in answers]
    assert told == ["300.00", "100.00"], (
        f"GET /{page}/0.3/, and 0.1 s later GET /{page}/0.1/: {HEADER} {told[0]} and {told[1]}; "
        "expected 300.00 and 100.00. (task 1)"
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
