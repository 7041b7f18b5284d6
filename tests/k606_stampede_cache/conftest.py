"""A cache of the test's own, the object in front of it, and a site."""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.core.signals import got_request_exception

from dojo.instruments.asgi import Conversations
from katas.k606_stampede_cache.single_flight import SingleFlightCache
from tests.k606_stampede_cache.complaints import Complaints
from tests.k606_stampede_cache.network_cache import NetworkCache
from tests.k606_stampede_cache.site import Site

if TYPE_CHECKING:
    from pytest_django import Settings


@pytest.fixture
def cache() -> Iterator[NetworkCache]:
    """Provide an empty cache that takes a millisecond for each call."""
    cache = NetworkCache()
    yield cache
    cache.clear()


@pytest.fixture
def once(cache: NetworkCache) -> SingleFlightCache:
    """Stand in front of that cache."""
    return SingleFlightCache(cache)


@pytest.fixture
async def complaints() -> Complaints:
    """Hear what asyncio would log during the test."""
    complaints = Complaints()
    asyncio.get_running_loop().set_exception_handler(complaints.note)
    return complaints


@pytest.fixture
def site(cache: NetworkCache, asgi: Conversations, settings: "Settings") -> Iterator[Site]:
    """Serve the view with that cache, and an office that counts what the test says."""
    site = Site(cache, asgi)
    settings.ROOT_URLCONF = site
    got_request_exception.connect(site.note_error)
    yield site
    got_request_exception.disconnect(site.note_error)
