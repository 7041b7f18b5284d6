"""A site with a small hub, behind the real ASGI handler."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.core.signals import got_request_exception

from dojo.instruments.asgi import Application, Conversations
from katas.k603_slow_consumer.hub import Hub
from tests.k603_slow_consumer.match import Counts
from tests.k603_slow_consumer.other_hub import OtherHub
from tests.k603_slow_consumer.site import Site

if TYPE_CHECKING:
    from pytest_django import Settings

#: So many lines wait for one reader of the small site.
CAPACITY = 3


def serve(hub: Counts, settings: "Settings", application: Application) -> Iterator[Site]:
    """Serve the view with *hub*, and remember what comes out of the view."""
    site = Site(hub, application)
    settings.ROOT_URLCONF = site
    got_request_exception.connect(site.note)
    yield site
    got_request_exception.disconnect(site.note)


@pytest.fixture
def site(settings: "Settings", asgi: Conversations) -> Iterator[Site]:
    """Serve the view with a hub in which three lines wait for a reader at most."""
    yield from serve(Hub(CAPACITY), settings, asgi.application)


@pytest.fixture
def other_site(settings: "Settings", asgi: Conversations) -> Iterator[Site]:
    """Serve the view with a hub that is not the learner's."""
    yield from serve(OtherHub(CAPACITY), settings, asgi.application)
