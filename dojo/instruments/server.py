"""A real server for a test that is marked ``realtime``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.core.handlers.asgi import ASGIHandler

if TYPE_CHECKING:
    from dojo.instruments.uvicorn_server import Server


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A real server for Django's ASGI application: ``server.url``, ``server.port``."""
    if request.node.get_closest_marker("realtime") is None:
        pytest.fail(
            "the fixture `server` has real sockets, which do not wait for virtual time: mark this "
            "test with @pytest.mark.realtime",
            pytrace=False,
        )
    # Here, because uvicorn takes longer to import than most tests take to run.
    from dojo.instruments.uvicorn_server import Server

    with Server(ASGIHandler()) as server:
        yield server
