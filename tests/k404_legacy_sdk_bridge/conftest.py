"""An agency for each test."""

import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.k404_legacy_sdk_bridge.agency import Agency
from tests.k404_legacy_sdk_bridge.pools import grow


@pytest.fixture
async def agency(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Agency]:
    """Stand behind the bridges that a test makes."""
    agency = Agency()
    # A thread that dies is told of in the messages; what it leaves undone is judged.
    monkeypatch.setattr(threading, "excepthook", agency.note_death)
    monkeypatch.setattr(ThreadPoolExecutor, "_adjust_thread_count", grow)
    yield agency
    await agency.leave_nothing_behind()
