"""Election nights: the view behind the real ASGI handler, with a board of its own."""

from typing import TYPE_CHECKING

import pytest

from dojo.instruments.asgi import Conversations
from tests.k501_long_poll_disconnect.boards import KeptBoard
from tests.k501_long_poll_disconnect.night import Night, Serve

if TYPE_CHECKING:
    from pytest_django import Settings


@pytest.fixture
def serve(settings: "Settings", asgi: Conversations) -> Serve:
    """Return a function that makes the view, with a board, the whole site."""

    def make(board: KeptBoard) -> Night:
        night = Night(board, asgi)
        settings.ROOT_URLCONF = night
        settings.MIDDLEWARE = []
        return night

    return make


@pytest.fixture
def night(serve: Serve) -> Night:
    """Serve the view with a board of nine places, more than there are readers."""
    return serve(KeptBoard(9))


@pytest.fixture
def small_night(serve: Serve) -> Night:
    """Serve the view with a board of one place."""
    return serve(KeptBoard(1))
