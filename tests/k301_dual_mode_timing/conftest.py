"""The stack of middleware that a test asks for, and what the middleware under test has logged."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.k301_dual_mode_timing.serving import TIMING

if TYPE_CHECKING:
    from pytest_django import Settings

LOGGER = "newsroom.timing"


@pytest.fixture
def load(settings: "Settings") -> Callable[..., None]:
    """Return a function that sets MIDDLEWARE to the paths that it is given, outermost first."""

    def put(*paths: str) -> None:
        settings.MIDDLEWARE = list(paths)

    return put


@pytest.fixture
def timing(load: Callable[..., None]) -> None:
    """Put the middleware under test into the stack, alone."""
    load(TIMING)


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """Return a function that tells what is in the log of the middleware: level and message."""
    caplog.set_level(logging.DEBUG, logger=LOGGER)

    def read() -> list[str]:
        return [
            f"{record.levelname} {record.getMessage()}"
            for record in caplog.records
            if record.name == LOGGER
        ]

    return read
