"""What Django had to adapt between sync and async while it loaded the middleware.

It tells, on the logger ``django.request`` at level DEBUG, and only while ``settings.DEBUG`` is on;
once a load of the handler, and only for the innermost middleware of a kind.
https://docs.djangoproject.com/en/6.0/topics/http/middleware/#asynchronous-support
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from dojo.instruments.ledger import Ledger

MESSAGE = re.compile(r"(Asynchronous|Synchronous) handler adapted for middleware (\S+)\.$")


@dataclass(frozen=True, slots=True)
class Adaptation:
    """One handler that Django wrapped to fit a middleware."""

    middleware: str
    #: Whether an async handler was wrapped for a sync middleware; else it was the other way round.
    handler_is_async: bool

    def __str__(self) -> str:
        what = (
            "async handler below a sync" if self.handler_is_async else "sync handler below an async"
        )
        return f"{self.middleware}: {what} middleware"


class Adaptations(Ledger[Adaptation]):
    """The adaptations that Django has logged, in order."""

    nouns = ("adaptation", "adaptations")


class _Listener(logging.Handler):
    def __init__(self, ledger: Adaptations) -> None:
        super().__init__(logging.DEBUG)
        self.ledger = ledger

    def emit(self, record: logging.LogRecord) -> None:
        """Note the record if it tells of an adaptation."""
        if match := MESSAGE.match(record.getMessage()):
            self.ledger.append(Adaptation(match[2], match[1] == "Asynchronous"))


@pytest.fixture
def adaptations(settings: Any) -> Iterator[Adaptations]:
    """What Django adapts from here on; a client loads the middleware at its first request."""
    settings.DEBUG = True
    ledger = Adaptations()
    logger, listener = logging.getLogger("django.request"), _Listener(ledger)
    level = logger.level
    logger.addHandler(listener)
    logger.setLevel(logging.DEBUG)
    try:
        yield ledger
    finally:
        logger.setLevel(level)
        logger.removeHandler(listener)
