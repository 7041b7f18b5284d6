"""The hub between one reporter and many readers."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from katas.k603_slow_consumer.commentary import Line, Missed


class Subscription:
    """One subscriber's end of the hub. One task at a time reads from it."""

    def __init__(self, hub: "Hub") -> None:
        self._hub = hub
        self._position = hub.published

    async def next(self) -> Line | Missed:
        """Return what comes next for this subscriber; wait for it if nothing is there yet."""
        while self._position == self._hub.published:
            await self._hub.news.wait()
        missed = self._hub.published - self._position - self._hub.capacity
        if missed > 0:
            self._position += missed
            return Missed(missed)
        self._position += 1
        return self._hub.log[self._position - 1 - self._hub.published]


class Hub:
    """Hands each line to all who are subscribed. Lives on one event loop.

    Args:
        capacity: So many lines, at least 1, wait for one subscriber at most.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        #: The newest lines, for everybody; the last one is number `published`, counted from 1.
        self.log: deque[Line] = deque(maxlen=capacity)
        self.published = 0
        #: Set, and replaced, with each line.
        self.news = asyncio.Event()
        self._subscriptions: set[Subscription] = set()

    @property
    def readers(self) -> int:
        """How many are subscribed."""
        return len(self._subscriptions)

    @contextmanager
    def subscribe(self) -> Iterator[Subscription]:
        """Return what a `with` statement takes: subscribed from its first line to its end."""
        subscription = Subscription(self)
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.remove(subscription)

    def publish(self, line: Line) -> None:
        """Hand *line* to all subscribers, without waiting for any of them."""
        self.log.append(line)
        self.published += 1
        self.news.set()
        self.news = asyncio.Event()
