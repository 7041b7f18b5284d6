"""A newsroom that tests fill, and a database that takes its time."""

from typing import Any, cast

import httpx
import pytest
from asgiref.sync import sync_to_async

from dojo.instruments.clock import Clock
from dojo.instruments.connections import Connections
from tests.k204_too_many_hops.asking import (
    Dashboard,
    Publish,
    ask,
    check_closed,
    check_keys,
    store,
)
from tests.k204_too_many_hops.trips import SlowDatabase


@pytest.fixture
def publish(transactional_db: None) -> Publish:
    """Store articles."""
    return cast(Publish, sync_to_async(store))


@pytest.fixture
def dashboard(asgi_client: httpx.AsyncClient, connections_opened: Connections) -> Dashboard:
    """Ask for the dashboard."""

    async def figures() -> dict[str, Any]:
        __tracebackhide__ = True
        with connections_opened.during() as opened:
            answer = await ask(asgi_client, "/dashboard/")
        check_closed(opened)
        check_keys(answer)
        return answer

    return figures


@pytest.fixture
def slow_database(clock: Clock) -> SlowDatabase:
    """Give a database that is slow inside ``with slow_database.at_work(): ...``."""
    return SlowDatabase(clock)
