"""An agency for each test."""

import threading
from collections.abc import AsyncIterator

import pytest

from tests.k404_legacy_sdk_bridge.agency import Agency


@pytest.fixture
async def agency(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Agency]:
    """Stand behind the bridges that a test makes."""
    agency = Agency()
    # A thread that dies is told of in the messages; what it leaves undone is judged.
    monkeypatch.setattr(threading, "excepthook", agency.note_death)
    yield agency
    await agency.leave_nothing_behind()
