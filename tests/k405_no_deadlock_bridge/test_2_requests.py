"""Within a request: a sync view, and a sync island in an async view."""

import asyncio

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient, Client

from dojo.instruments import learner
from dojo.instruments.clock import Clock
from dojo.instruments.orm_guard import Queries
from dojo.instruments.service import Service
from dojo.instruments.uvicorn_server import Server
from tests.k405_no_deadlock_bridge.asking import (
    DeskCall,
    ask,
    check_no_loop_left,
    check_no_transaction,
)
from tests.k405_no_deadlock_bridge.conftest import Add

pytestmark = [
    pytest.mark.urls("katas.k405_no_deadlock_bridge.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
]

a_sync_view_and_an_island = pytest.mark.parametrize(
    "url", ["/sheet/harbour/", "/preview/harbour/"], ids=["sync view", "island"]
)


@pytest.mark.task(2)
@a_sync_view_and_an_island
def test_a_page_under_wsgi(quoting: str, client: Client, url: str) -> None:
    """Under WSGI, the sync view and the island answer."""
    check_no_loop_left(f"GET {url} under WSGI")
    try:
        text = client.get(url).json()["text"]
    except Exception as error:
        pytest.fail(
            f"GET {url} under WSGI raised {learner.told(error)}\nExpected an answer.", pytrace=False
        )

    assert text == quoting, f"GET {url} under WSGI: text {text!r}; expected {quoting!r}."


@pytest.mark.task(2)
@a_sync_view_and_an_island
async def test_a_page_by_async_client(
    quoting: str, small_pool: None, async_client: AsyncClient, url: str
) -> None:
    """With AsyncClient, all of whose sync code shares one thread, both answer."""
    text = (await ask(async_client, url, how="by AsyncClient"))["text"]

    assert text == quoting, f"GET {url} by AsyncClient: text {text!r}; expected {quoting!r}."


@pytest.mark.task(2)
@a_sync_view_and_an_island
async def test_a_page_under_asgi(
    quoting: str, small_pool: None, asgi_client: httpx.AsyncClient, url: str
) -> None:
    """Under ASGI, where each request has a thread of its own, both answer."""
    text = (await ask(asgi_client, url))["text"]

    assert text == quoting, f"GET {url} under ASGI: text {text!r}; expected {quoting!r}."


@pytest.mark.task(2)
@a_sync_view_and_an_island
async def test_stays_on_the_loop_of_the_request(
    quoting: str, asgi_client: httpx.AsyncClient, desk_calls: list[DeskCall], url: str
) -> None:
    """Under ASGI, the core runs on the loop that serves the request, at every depth."""
    await ask(asgi_client, url)

    serving = asyncio.get_running_loop()
    asked = [call.slug for call in desk_calls if call.loop is serving]
    expected = ["harbour", "tides", "moon", "calendar"]
    assert asked == expected, (
        f"GET {url} under ASGI: on the loop that serves the request, the core asked the desks "
        f"for {asked!r}, elsewhere {len(desk_calls) - len(asked)} times; expected {expected!r} "
        "there, and none elsewhere."
    )


@pytest.mark.task(2)
async def test_requests_do_not_wait_for_one_another(
    add: Add,
    service: Service,
    small_pool: None,
    asgi_client: httpx.AsyncClient,
    queries: Queries,
    clock: Clock,
) -> None:
    """Three requests at once take as long as one."""
    for slug in ("rain", "wind", "snow"):
        await sync_to_async(add)(slug)
    service.takes(0.3)
    clock.restart()

    with queries.during() as sent:
        try:
            await asyncio.gather(
                *(ask(asgi_client, f"/sheet/{slug}/") for slug in ("rain", "wind", "snow"))
            )
        finally:
            # What makes SQLite refuse the others, and PostgreSQL keep a connection waiting.
            check_no_transaction("GET of three sheets at once under ASGI", sent)

    seconds = round(clock.elapsed, 6)
    assert seconds == 0.3, (
        "GET of three sheets at once under ASGI, for each of which a desk takes 0.3 s: all were "
        f"answered after {seconds:g} s; expected after 0.3 s."
    )


@pytest.mark.task(2)
@pytest.mark.realtime
async def test_a_page_of_a_real_server(quoting: str, service: Service, server: Server) -> None:
    """A real uvicorn answers, from a sync view and from an island."""
    service.takes(0.001)
    async with httpx.AsyncClient(base_url=server.url, timeout=None) as client:
        texts = [
            (await ask(client, url, how="by uvicorn"))["text"]
            for url in ("/sheet/moon/", "/preview/moon/")
        ]

    expected = ["Full. The 24th."] * 2
    assert texts == expected, (
        f"GET of the sync view and the island by uvicorn: texts {texts!r}; expected {expected!r}."
    )
