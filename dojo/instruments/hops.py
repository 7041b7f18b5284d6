"""Thread hops: how often async code went to a thread through ``sync_to_async``.

One hop costs two switches between threads, and every async ORM method is at least one. Compare with
a baseline, such as the same request without the middleware under test: Django itself hops for the
receivers of its own signals.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import pytest
from asgiref.sync import SyncToAsync

from dojo.instruments import learner, tasks, threads
from dojo.instruments.ledger import Ledger

_sender: ContextVar[learner.Spot | None] = ContextVar("sender", default=None)
_sensitive: ContextVar[bool] = ContextVar("sensitive", default=False)


def sent_from() -> learner.Spot | None:
    """Return the learner's line that sent the code now running in this thread there."""
    return _sender.get() or threads.sent_from(threading.get_ident())


def is_thread_sensitive() -> bool:
    """Say whether the code now running was sent to the one thread for thread-sensitive work."""
    return _sensitive.get()


@dataclass(frozen=True, slots=True)
class Hop:
    """One call through ``sync_to_async``."""

    call: str
    thread_sensitive: bool
    spot: learner.Spot | None

    def __str__(self) -> str:
        mode = "" if self.thread_sensitive else ", thread_sensitive=False"
        return f"{self.call}{mode}" + (f"  at {self.spot}" if self.spot else "")


class Hops(Ledger[Hop]):
    """The hops of a test, in the order in which they were asked for."""

    nouns = ("hop", "hops")

    def above(self, baseline: Hops) -> int:
        """Return how many more hops there are here than in *baseline*."""
        return len(self) - len(baseline)


_current: list[Hops] = []
_original: Any = SyncToAsync.__call__


@functools.wraps(_original)
async def _counted(self: SyncToAsync[Any, Any], *args: Any, **kwargs: Any) -> Any:
    frame = learner.nearest_learner_frame(sys._getframe(1))
    # In a task of its own, as under `gather`, no line of the learner's stands above the call.
    spot = tasks.current_started_at() if frame is None else learner.spot(frame)
    for hops in _current:
        name = getattr(self.func, "__qualname__", type(self.func).__qualname__)
        hops.append(Hop(name, self._thread_sensitive, spot))
    # asgiref copies the context into the thread. No token: an abandoned call may end elsewhere.
    sender, sensitive = _sender.get(), _sensitive.get()
    _sender.set(spot or sender)
    _sensitive.set(self._thread_sensitive)
    try:
        return await _original(self, *args, **kwargs)
    finally:
        _sender.set(sender)
        _sensitive.set(sensitive)


SyncToAsync.__call__ = _counted  # type: ignore[method-assign]


@pytest.fixture
def hops() -> Iterator[Hops]:
    """Every hop to a thread from here on: ``with hops.during() as mine: ...; len(mine)``."""
    ledger = Hops()
    _current.append(ledger)
    try:
        yield ledger
    finally:
        _current[:] = [other for other in _current if other is not ledger]
