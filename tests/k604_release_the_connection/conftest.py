"""The newsroom's site, with one partner and one story under embargo."""

from typing import TYPE_CHECKING

import pytest_asyncio

from dojo.instruments.asgi import Conversations
from dojo.instruments.connections import Connections
from katas.k604_release_the_connection.models import Partner
from tests.k604_release_the_connection.agency import SLUG, TOKEN, Agency, write

if TYPE_CHECKING:
    from pytest_django import Settings


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
