"""An election night, and readers who follow it."""

from typing import TYPE_CHECKING

import pytest

from dojo.instruments.asgi import Conversations
from dojo.instruments.clock import Clock
from katas.k503_all_or_nothing.offices import offices
from tests.k503_all_or_nothing.night import ElectionNight
from tests.k503_all_or_nothing.readers import Readers
from tests.k503_all_or_nothing.witness import Witness

if TYPE_CHECKING:
    from pytest_django import Settings


@pytest.fixture
def night(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> ElectionNight:
    """Put offices behind the page that note how each call ends."""
    night = ElectionNight(clock)
    monkeypatch.setattr(offices, "count", night.count)
    return night


@pytest.fixture
def readers(asgi: Conversations, night: ElectionNight, settings: "Settings") -> Readers:
    """Give readers of the page, and a witness between Django and the view."""
    settings.MIDDLEWARE = [f"{Witness.__module__}.{Witness.__qualname__}"]
    return Readers(asgi, night)
