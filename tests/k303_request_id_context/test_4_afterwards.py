"""Afterwards: a middleware listed before the one under test sees no id, however that ended."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import TYPE_CHECKING, Any

import pytest
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import AsyncClient

from dojo.instruments.rendezvous import settle
from katas.k303_request_id_context.request_ids import current_id
from tests.k303_request_id_context import witness
from tests.k303_request_id_context.asking import MIDDLEWARE, SERVERS, Site

if TYPE_CHECKING:
    from pytest_django import Settings

seen_inside: list[str | None] = []


@pytest.fixture(autouse=True)
def nothing_seen_yet() -> None:
    """Forget what pages of other tests saw."""
    seen_inside.clear()


def assert_nothing_left(request: str) -> None:
    """Assert that the page saw its id, and that whoever stands outside sees none any more."""
    __tracebackhide__ = True
    assert seen_inside == ["reader-17"], (
        f"{request}: current_id() in the page is {seen_inside}; expected ['reader-17']. (task 3)"
    )
    assert witness.afterwards == [None], (
        f"{request}: once yours is done, current_id() in a middleware listed before yours is "
        f"{witness.afterwards[0]!r}; expected None. (task 4)"
    )


@pytest.mark.task(4)
@pytest.mark.parametrize("status", [200, 404])
@pytest.mark.parametrize("server", SERVERS)
async def test_nothing_is_left_after_a_response(site: Site, server: str, status: int) -> None:
    """Once the response is there, page or error page, nobody outside sees the id."""

    def page(request: HttpRequest) -> HttpResponseBase:
        seen_inside.append(current_id())
        if status == 404:
            raise Http404
        return HttpResponse("the page")

    site.serve(page, middleware=[witness.BY_SERVER[server], MIDDLEWARE])

    await site.ask(server, brings="reader-17", expected=status)

    assert_nothing_left(f"GET / under {server}, answered with {status}")


@pytest.mark.task(4)
@pytest.mark.parametrize("server", SERVERS)
async def test_nothing_is_left_after_a_stream(site: Site, server: str) -> None:
    """The id is gone when a streaming response has been returned, before its first chunk."""

    async def async_page(request: HttpRequest) -> HttpResponseBase:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"the page"

        seen_inside.append(current_id())
        return StreamingHttpResponse(chunks())

    def sync_page(request: HttpRequest) -> HttpResponseBase:
        seen_inside.append(current_id())
        return StreamingHttpResponse([b"the page"])

    page = async_page if server == "ASGI" else sync_page
    site.serve(page, middleware=[witness.BY_SERVER[server], MIDDLEWARE])

    await site.ask(server, brings="reader-17")

    assert_nothing_left(f"GET / under {server}, answered with a stream")


@pytest.mark.task(4)
@pytest.mark.parametrize("server", SERVERS)
async def test_nothing_is_left_after_an_exception(
    site: Site, settings: "Settings", server: str
) -> None:
    """When DEBUG_PROPAGATE_EXCEPTIONS lets an error through the middleware, the id is gone, too."""
    settings.DEBUG_PROPAGATE_EXCEPTIONS = True

    def page(request: HttpRequest) -> HttpResponseBase:
        seen_inside.append(current_id())
        raise ZeroDivisionError

    site.serve(page, middleware=[witness.BY_SERVER[server], MIDDLEWARE])

    asked: Coroutine[Any, Any, object]
    if server == "ASGI":
        # The ASGI handler makes a response of any error; the handler of AsyncClient does not.
        asked = AsyncClient().get("/", headers={"X-Request-ID": "reader-17"})
    else:
        asked = site.ask(server, brings="reader-17")
    with pytest.raises(ZeroDivisionError):
        await asyncio.create_task(asked)

    assert_nothing_left(f"GET / under {server}, whose error comes through the middleware")


@pytest.mark.task(4)
async def test_nothing_is_left_after_a_disconnect(site: Site) -> None:
    """When the client goes away and the page is cancelled, the id is gone, too."""

    async def page(request: HttpRequest) -> HttpResponseBase:
        seen_inside.append(current_id())
        await asyncio.sleep(60)
        return HttpResponse("nobody is there to read this")

    site.serve(page, middleware=[witness.BY_SERVER["ASGI"], MIDDLEWARE])

    async with site.asgi("GET", "/", headers={"X-Request-ID": "reader-17"}) as conversation:
        await settle()
        conversation.disconnect()
        await conversation.ended()

    assert_nothing_left("GET / under ASGI, whose client goes away")
