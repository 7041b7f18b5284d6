"""The hub between one reporter and many readers."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from katas.k603_slow_consumer.commentary import Line, Missed


@dataclass
class Subscription:
    """One subscriber's end of the hub. One task at a time reads from it."""

    capacity: int
    lines: deque[Line] = field(default_factory=deque)
    missed: int = 0
    something: asyncio.Event = field(default_factory=asyncio.Event, compare=False)

    def put(self, line: Line) -> None:
        """Let *line* wait; if there is no place left, the oldest one makes room for it."""
        if len(self.lines) == self.capacity:
            self.lines.popleft()
            self.missed += 1
        self.lines.append(line)
        self.something.set()

    async def next(self) -> Line | Missed:
        """Return what comes next for this subscriber; wait for it if nothing is there yet."""
        await self.something.wait()
        # Nothing is taken before the last `await`, so a cancellation loses nothing.
        if self.missed:
            notice, self.missed = Missed(self.missed), 0
            return notice
        line = self.lines.popleft()
        if not self.lines:
            self.something.clear()
        return line


class Hub:
    """Hands each line to all who are subscribed. Lives on one event loop.

    Args:
        capacity: So many lines, at least 1, wait for one subscriber at most.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._subscriptions: list[Subscription] = []

    @property
    def readers(self) -> int:
        """How many are subscribed."""
        return len(self._subscriptions)

    @contextmanager
    def subscribe(self) -> Iterator[Subscription]:
        """Return what a `with` statement takes: subscribed from its first line to its end."""
        subscription = Subscription(self._capacity)
        self._subscriptions.append(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.remove(subscription)

    def publish(self, line: Line) -> None:
        """Hand *line* to all subscribers, without waiting for any of them."""
        for subscription in self._subscriptions:
            subscription.put(line)
