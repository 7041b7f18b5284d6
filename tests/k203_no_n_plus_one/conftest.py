"""A newsroom that tests fill, and the index as the app gets it."""

import functools
from typing import cast

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient

from tests.k203_no_n_plus_one.asking import Index, Publish, ask, store


@pytest.fixture
def publish(transactional_db: None) -> Publish:
    """Store articles."""
    return cast(Publish, sync_to_async(store))


@pytest.fixture
def index(async_client: AsyncClient) -> Index:
    """Ask for the index."""
    return functools.partial(ask, async_client)
