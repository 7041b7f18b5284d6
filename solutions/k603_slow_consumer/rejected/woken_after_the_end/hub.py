"""The hub between one reporter and many readers; wakes a waiter that may be cancelled."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from katas.k603_slow_consumer.commentary import Line, Missed


class Subscription:
    """One subscriber's end of the hub. One task at a time reads from it."""

    def __init__(self, capacity: int) -> None:
        self._lines: deque[Line] = deque(maxlen=capacity)
        self._missed = 0
        self._waiter: asyncio.Future[None] | None = None

    def put(self, line: Line) -> None:
        """Let *line* wait; if there is no place left, the oldest one makes room for it."""
        if len(self._lines) == self._lines.maxlen:
            self._missed += 1
        self._lines.append(line)
        if self._waiter is not None:
            self._waiter.set_result(None)
            self._waiter = None

    async def next(self) -> Line | Missed:
        """Return what comes next for this subscriber; wait for it if nothing is there yet."""
        if not self._lines:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        # Nothing is taken before the last `await`, so a cancellation loses nothing.
        if self._missed:
            notice, self._missed = Missed(self._missed), 0
            return notice
        return self._lines.popleft()


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
