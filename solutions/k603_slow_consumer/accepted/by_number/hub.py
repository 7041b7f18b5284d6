"""The hub between one reporter and many readers."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from katas.k603_slow_consumer.commentary import Line, Missed


class Subscription:
    """One subscriber's end of the hub. One task at a time reads from it."""

    def __init__(self, capacity: int) -> None:
        self._lines: deque[Line] = deque(maxlen=capacity)
        self._expected = 0
        self._something = asyncio.Event()

    def put(self, line: Line) -> None:
        """Let *line* wait; the deque throws out the oldest one if there is no place left."""
        self._expected = self._expected or line.number
        self._lines.append(line)
        self._something.set()

    async def next(self) -> Line | Missed:
        """Return what comes next for this subscriber; wait for it if nothing is there yet."""
        await self._something.wait()
        # Each line has the number after that of the one before it: a gap is what is missing.
        missed = self._lines[0].number - self._expected
        if missed:
            self._expected += missed
            return Missed(missed)
        self._expected += 1
        line = self._lines.popleft()
        if not self._lines:
            self._something.clear()
        return line


class Hub:
    """Hands each line to all who are subscribed. Lives on one event loop.

    Args:
        capacity: So many lines, at least 1, wait for one subscriber at most.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._subscriptions: set[Subscription] = set()

    @property
    def readers(self) -> int:
        """How many are subscribed."""
        return len(self._subscriptions)

    @contextmanager
    def subscribe(self) -> Iterator[Subscription]:
        """Return what a `with` statement takes: subscribed from its first line to its end."""
        subscription = Subscription(self._capacity)
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.remove(subscription)

    def publish(self, line: Line) -> None:
        """Hand *line* to all subscribers, without waiting for any of them."""
        for subscription in self._subscriptions:
            subscription.put(line)
