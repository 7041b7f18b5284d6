"""The newsroom's site, with one partner and one story under embargo."""

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from django.db import connections

from dojo.instruments.asgi import Conversations
from dojo.instruments.connections import Connections
from katas.k604_release_the_connection.models import Partner
from tests.k604_release_the_connection.agency import SLUG, TOKEN, Agency, write

if TYPE_CHECKING:
    from pytest_django import Settings

CLOSING_S = 0.173


@pytest_asyncio.fixture
async def agency(
    transactional_db: None,
    settings: "Settings",
    asgi: Conversations,
    connections_opened: Connections,
) -> Agency:
    """Open the site. The test's own connection is open by then, and stays so."""
    agency = Agency(asgi, connections_opened)
    settings.ROOT_URLCONF = agency
    settings.MIDDLEWARE = []
    await Partner.objects.acreate(name="Gazette", token=TOKEN)
    await write(SLUG, "draft")
    return agency


@pytest.fixture
def slow_to_close(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the closing of a connection take a while of the virtual clock, as on a network.

    Whatever does not wait for it is then certain to come before its end.
    """
    backend: Any = type(connections["default"])
    close = backend._close

    def slow(self: Any) -> Any:
        # On the loop, where Django refuses to close anything, a sleep would be another mistake.
        if self.connection is not None and asyncio._get_running_loop() is None:
            time.sleep(CLOSING_S)
        return close(self)

    monkeypatch.setattr(backend, "_close", slow)
