"""A site with a small hub, behind the real ASGI handler."""

from typing import TYPE_CHECKING

import pytest

from dojo.instruments.asgi import Conversations
from katas.k603_slow_consumer.hub import Hub
from tests.k603_slow_consumer.site import Site

if TYPE_CHECKING:
    from pytest_django import Settings

#: So many lines wait for one reader of the small site.
CAPACITY = 3


@pytest.fixture
def site(settings: "Settings", asgi: Conversations) -> Site:
    """Serve the view with a hub in which three lines wait for a reader at most."""
    site = Site(Hub(CAPACITY), asgi.application)
    settings.ROOT_URLCONF = site
    return site
