"""Evenings in the database, and a site that keeps nothing in memory for its other processes."""

import asyncio
import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.handlers.asgi import ASGIHandler
from django.core.signals import got_request_exception
from django.test import override_settings

from katas.k402_last_ticket.models import Event
from tests.k402_last_ticket.evenings import Announce, Evening
from tests.k402_last_ticket.processes import Process, note_error

# Asyncio's default is six on two processors: twenty requests that share the test's loop would wait
# for each other's threads, which those of twenty processes don't.
THREADS = 32

# Django's default cache is one for each process: what one stores there, the next does not find.
NO_CACHE = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}

# No two evenings of a session have the same URL: an answer may well remember what stays true.
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def _shared_by_the_processes() -> Iterator[None]:
    """Let the processes share the database alone, and note the errors that end as a 500."""
    got_request_exception.connect(note_error)
    with override_settings(CACHES=NO_CACHE):
        yield
    got_request_exception.disconnect(note_error)


@pytest.fixture(autouse=True)
async def _a_thread_for_each_request() -> None:
    """Let an answer that uses the loop's own threads have one for each of the test's requests."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="asyncio"))


@pytest.fixture
def announce() -> Announce:
    """Return a function that puts an evening into the database."""

    async def add(*, seats: int) -> Evening:
        event = await Event.objects.acreate(slug=f"evening-{next(_numbers)}", seats=seats)
        return Evening(event.slug)

    return add


@pytest.fixture
def site() -> ASGIHandler:
    """The site in one process, which has not served another test: nor have threads of its own."""
    return Process()
