"""The decorator: it adds a header and hides nothing."""

import pytest
from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, AsyncRequestFactory
from django.urls import resolve

from dojo.instruments.service import Service
from katas.k101_first_async_view.views import signed

pytestmark = pytest.mark.urls("katas.k101_first_async_view.urls")


async def plain(request: HttpRequest, desk: str) -> HttpResponse:
    """A view to decorate."""
    return HttpResponse(f"news from the {desk} desk", headers={"X-Desk": desk})


@pytest.mark.task(4)
def test_a_signed_view_is_still_async() -> None:
    """Django can see that a decorated view is a coroutine function."""
    assert iscoroutinefunction(signed(plain)), (
        "iscoroutinefunction(signed(view)) is False for an async view; expected True. "
        "Django would call it as a sync view, in a thread."
    )


@pytest.mark.task(4)
async def test_a_signed_view_answers_as_before() -> None:
    """`signed` passes the arguments on, returns the view's response, and adds the header."""
    request = AsyncRequestFactory().get("/")

    try:
        response = await signed(plain)(request, "city")
    except Exception as error:
        pytest.fail(f"await signed(view)(request, 'city') raised {error!r}.")

    assert response.content == b"news from the city desk", (
        f"signed(view)(request, 'city') answered {response.content!r}; "
        "expected what the view answers."
    )
    desk = response.headers.get("X-Desk")
    assert desk == "city", (
        f"signed(view) answered with X-Desk: {desk}; expected 'city', the header that the view set."
    )
    header = response.headers.get("X-Newsroom")
    assert header == "The Daily Async", (
        f"signed(view) answered with X-Newsroom: {header}; expected 'The Daily Async'."
    )


@pytest.mark.task(4)
async def test_hello_is_signed(async_client: AsyncClient, speaking_clock: Service) -> None:
    """GET /hello/ carries the header."""
    response = await async_client.get("/hello/")

    header = response.headers.get("X-Newsroom")
    assert header == "The Daily Async", (
        f"GET /hello/ answered with X-Newsroom: {header}; expected 'The Daily Async'."
    )


@pytest.mark.task(4)
def test_hello_is_still_async_under_all_its_decorators() -> None:
    """What the URLconf calls for /hello/ is a coroutine function."""
    view = resolve("/hello/").func

    assert iscoroutinefunction(view), (
        f"iscoroutinefunction is False for the view at /hello/ ({view!r}); expected True."
    )
