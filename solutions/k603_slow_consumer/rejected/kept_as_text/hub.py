"""The hub between one reporter and many readers."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from katas.k603_slow_consumer.commentary import Line, Missed


class Subscription:
    """One subscriber's end of the hub. One task at a time reads from it."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._lines: deque[tuple[int, str]] = deque()
        self._something = asyncio.Event()

    def put(self, line: Line) -> None:
        """Let *line* wait; what is too much is thrown out when somebody reads."""
        self._lines.append((line.number, line.text))
        self._something.set()

    async def next(self) -> Line | Missed:
        """Return what comes next for this subscriber; wait for it if nothing is there yet."""
        await self._something.wait()
        # Nothing is taken before the last `await`, so a cancellation loses nothing.
        missed = max(len(self._lines) - self._capacity, 0)
        if missed:
            for _ in range(missed):
                self._lines.popleft()
            return Missed(missed)
        line = Line(*self._lines.popleft())
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
