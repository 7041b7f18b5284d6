"""A draft, and two ways to press the button: as on a server, and with all threads in one."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import AsyncClient
from pytest_django import Settings

from katas.newsroom.models import Article
from tests.k401_publish_island.another_server import Elsewhere
from tests.k401_publish_island.newsroom import (
    SLUG,
    Answer,
    Press,
    noting_errors,
    noting_its_return,
)


@pytest.fixture
def draft(transactional_db: None) -> Article:
    """Store an article that waits to be published."""
    return Article.objects.create(title="The bridge opens", slug=SLUG)


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    """Do something as another server does, in a thread that nobody else gets."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="another-server")

    async def call(action: Callable[[], None]) -> None:
        await sync_to_async(action, thread_sensitive=False, executor=pool)()

    yield call
    pool.shutdown(wait=False)


@pytest.fixture
def press(asgi_client: httpx.AsyncClient) -> Press:
    """Press the button as on a server: each request has a thread and a connection of its own."""

    async def send(slug: str = SLUG, method: str = "POST") -> Answer:
        url = f"/publish/{slug}/"
        with noting_errors() as raised:
            response = await asgi_client.request(method, url)
        return Answer(f"{method} {url}", response.status_code, response.content, tuple(raised))

    return send


def end_what_is_open() -> bool:
    """Say whether this thread's connection is in a transaction, and end that by closing it."""
    if not connection.in_atomic_block and connection.get_autocommit():
        return False
    # Not to be inherited by what reads the outcome, or cleans up behind the test.
    connection.in_atomic_block = False
    connection.close()
    return True


@pytest.fixture
def press_on_one_thread(settings: Settings) -> Press:
    """Press the button where all tasks share one thread for the ORM, with one connection."""
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        f"{noting_its_return.__module__}.noting_its_return",
    ]
    client = AsyncClient(raise_request_exception=False)

    async def send(slug: str = SLUG, method: str = "POST") -> Answer:
        url = f"/publish/{slug}/"
        with noting_errors() as raised:
            try:
                response = await client.generic(method, url)
            finally:
                # Cancelled or not: the thread does this when it is through with the rest.
                left_open = await sync_to_async(end_what_is_open)()
        return Answer(
            f"{method} {url}",
            response.status_code,
            response.content,
            tuple(raised),
            left_open,
            vars(response)["returned_s"],
        )

    return send
