"""A newsroom that tests fill, and a database that takes its time."""

from collections.abc import Awaitable, Callable

import pytest
from asgiref.sync import sync_to_async

from dojo.instruments.clock import Clock
from tests.k204_too_many_hops.asking import store
from tests.k204_too_many_hops.trips import SlowDatabase


@pytest.fixture
def publish(transactional_db: None) -> Callable[..., Awaitable[None]]:
    """A function that stores an article.

    ``await publish("Rain", author="Ada", tags=("weather",))``; its arguments are those of `store`.
    """
    return sync_to_async(store)


@pytest.fixture
def slow_database(clock: Clock) -> SlowDatabase:
    """Give a database that is slow inside ``with slow_database.at_work(): ...``."""
    return SlowDatabase(clock)
