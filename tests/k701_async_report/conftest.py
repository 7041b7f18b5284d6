"""The site, its desks, its office, and its access log."""

import asyncio
import logging
import queue
import time
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from django.test import override_settings

from dojo.instruments.service import Service
from katas.k701_async_report import office as given
from katas.k701_async_report.signals import report_ready
from tests.k701_async_report.newsdesks import TAKES, Newsdesks, Office
from tests.k701_async_report.real import SilentDesks
from tests.k701_async_report.site import Site

if TYPE_CHECKING:
    from pytest_django import Settings

# As in production: with DEBUG, Django's own cache of signatures keeps receivers alive that nobody
# else holds. The URLs have the receivers connected.
with override_settings(DEBUG=False):
    import_module("katas.k701_async_report.urls")


@pytest.fixture(autouse=True)
def served(settings_of_the_kata: None) -> None:
    """Have every test run with the settings of this kata."""


@pytest.fixture(autouse=True)
def receivers_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    """Disconnect, after the test, whoever was connected in it."""
    monkeypatch.setattr(report_ready, "receivers", list(report_ready.receivers))


@pytest.fixture
def nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Disconnect all receivers."""
    monkeypatch.setattr(report_ready, "receivers", [])


def stand_in_note(self: Any, request_id: str | None, desks: list[str]) -> int:
    """Hand on what `Ledger.note` is called with."""
    number: int = self.stand_in.note(request_id, desks)
    return number


async def stand_in_page(self: Any, request_id: str | None) -> str:
    """Hand on what `Pager.page` is called with."""
    said: str = await self.stand_in.page(request_id)
    return said


@pytest.fixture(autouse=True)
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    """Put a ledger and a pager behind the given ones that remember who called.

    The code of the given methods is replaced, and not their names: so the stand-ins are also called
    by whoever took hold of a method when its module was imported.
    """
    office = Office()
    monkeypatch.setattr(given.Ledger.note, "__code__", stand_in_note.__code__)
    monkeypatch.setattr(given.Pager.page, "__code__", stand_in_page.__code__)
    monkeypatch.setattr(given.ledger, "stand_in", office, raising=False)
    monkeypatch.setattr(given.pager, "stand_in", office, raising=False)
    return office


@pytest.fixture
def desks(service: Service) -> Newsdesks:
    """Provide desks that take different times."""
    service.takes(TAKES)
    return Newsdesks(service)


@pytest.fixture
def site(settings: "Settings", desks: Newsdesks) -> Site:
    """Serve the report without any middleware."""
    return Site(settings, desks)


@pytest.fixture
def silent_site(settings: "Settings", service: Service) -> Site:
    """Serve the report with desks that never answer the first request."""
    return Site(settings, SilentDesks(service))


class AccessLog(logging.Handler):
    """Keeps the lines of the logger ``newsroom.access``, by whichever thread.

    Attributes:
        takes_s: How long it takes to write a line, in virtual seconds.
    """

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []
        self.coming: queue.Queue[str] = queue.Queue()
        self.takes_s = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record."""
        self.records.append(record)
        self.coming.put(record.getMessage())
        if self.takes_s:
            # The time that a handler takes is not the learner's: no loop is blocked, as it were.
            loop = asyncio._get_running_loop()
            asyncio._set_running_loop(None)
            try:
                time.sleep(self.takes_s)
            finally:
                asyncio._set_running_loop(loop)

    @property
    def lines(self) -> list[str]:
        """The lines, in order."""
        return [record.getMessage() for record in self.records]


@pytest.fixture
def log() -> Iterator[AccessLog]:
    """Listen to the access log, from level INFO on."""
    log, logger = AccessLog(), logging.getLogger("newsroom.access")
    level = logger.level
    logger.addHandler(log)
    logger.setLevel(logging.INFO)
    try:
        yield log
    finally:
        logger.setLevel(level)
        logger.removeHandler(log)
