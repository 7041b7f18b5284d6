"""The kind of the middleware: that of what it wraps, whoever its neighbours are."""

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse

from katas.k301_dual_mode_timing.middleware import timing_middleware
from tests.k301_dual_mode_timing.serving import HANDLERS, HEADER, TIMING, get

pytestmark = pytest.mark.urls("tests.k301_dual_mode_timing.pages")

SECURITY = "django.middleware.security.SecurityMiddleware"
COMMON = "django.middleware.common.CommonMiddleware"
NEIGHBOURS = "tests.k301_dual_mode_timing.neighbours"


async def async_handler(request: HttpRequest) -> HttpResponse:
    """Stand for the stack below, under ASGI."""
    return HttpResponse()


def sync_handler(request: HttpRequest) -> HttpResponse:
    """Stand for the stack below, under WSGI."""
    return HttpResponse()


@pytest.mark.task(2)
@pytest.mark.parametrize("get_response", [async_handler, sync_handler])
async def test_is_of_the_kind_of_what_it_wraps(get_response: Any) -> None:
    """What the factory returns is a coroutine function if and only if its get_response is one."""
    kind = iscoroutinefunction(timing_middleware(get_response))

    expected = get_response is async_handler
    assert kind is expected, (
        f"iscoroutinefunction(timing_middleware({get_response.__name__})) is {kind}; "
        f"expected {expected}. (task 2)"
    )


@pytest.mark.task(2)
@pytest.mark.parametrize("server", HANDLERS)
async def test_works_between_bundled_middleware(server: str, load: Callable[..., None]) -> None:
    """With a middleware of Django's above and one below, all three do their work."""
    load(SECURITY, TIMING, COMMON)

    answer = await get(server, "/waits/0.2/")

    seen = (answer.duration, answer.headers.get("x-content-type-options"))
    assert seen == ("200.00", "nosniff"), (
        f"GET /waits/0.2/ through the {server} with {SECURITY} above: {HEADER} {seen[0]}, "
        f"X-Content-Type-Options {seen[1]}; expected 200.00 and nosniff. (task 2)"
    )


@pytest.mark.task(2)
@pytest.mark.parametrize("neighbour", ["sync_only", "async_only"])
@pytest.mark.parametrize("place", ["above", "below"])
@pytest.mark.parametrize("server", HANDLERS)
async def test_works_beside_middleware_of_one_kind(
    server: str, place: str, neighbour: str, load: Callable[..., None]
) -> None:
    """With a sync-only or an async-only middleware above or below, it still tells the time."""
    other = f"{NEIGHBOURS}.{neighbour}"
    load(*((other, TIMING) if place == "above" else (TIMING, other)))

    answer = await get(server, "/waits/0.2/")

    assert answer.duration == "200.00", (
        f"GET /waits/0.2/ through the {server}, with the {neighbour} middleware {place}: {HEADER} "
        f"{answer.duration}; expected 200.00. (task 2)"
    )
