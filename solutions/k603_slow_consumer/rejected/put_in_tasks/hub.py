"""The hub between one reporter and many readers."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from katas.k603_slow_consumer.commentary import Line, Missed


class Subscription:
    """One subscriber's end of the hub. One task at a time reads from it."""

    def __init__(self, capacity: int) -> None:
        self._lines: asyncio.Queue[Line] = asyncio.Queue(capacity)
        self._puts: set[asyncio.Task[None]] = set()

    def put(self, line: Line) -> None:
        """Let *line* wait; if there is no place left, the oldest one makes room for it."""
        task = asyncio.create_task(self._lines.put(line))
        self._puts.add(task)
        task.add_done_callback(self._puts.discard)

    async def next(self) -> Line | Missed:
        """Return what comes next for this subscriber; wait for it if nothing is there yet."""
        return await self._lines.get()


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
