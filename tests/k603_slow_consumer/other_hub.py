"""Another hub with the same interface, to see what the view itself does when a reader goes away.

Its blocks are no generators. So only who leaves them has left them: the garbage collector does not.
"""

import asyncio
from collections import deque

from katas.k603_slow_consumer.commentary import Line, Missed


class OtherSubscription:
    """One subscriber's end of the hub."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._lines: deque[Line] = deque()
        self._missed = 0
        self._something = asyncio.Event()

    def take_in(self, line: Line) -> None:
        """Let *line* wait."""
        self._lines.append(line)
        if len(self._lines) > self._capacity:
            self._lines.popleft()
            self._missed += 1
        self._something.set()

    async def next(self) -> Line | Missed:
        """Return what comes next; wait for it if nothing is there yet."""
        while not self._lines:
            self._something.clear()
            await self._something.wait()
        if self._missed:
            notice, self._missed = Missed(self._missed), 0
            return notice
        return self._lines.popleft()


class Block:
    """What `subscribe` returns: subscribed from `__enter__` to `__exit__`."""

    def __init__(self, hub: "OtherHub") -> None:
        self._hub = hub

    def __enter__(self) -> OtherSubscription:
        return self._hub.subscribed.setdefault(self, OtherSubscription(self._hub.capacity))

    def __exit__(self, *raised: object) -> None:
        del self._hub.subscribed[self]


class OtherHub:
    """Hands each line to all who are subscribed."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.subscribed: dict[Block, OtherSubscription] = {}

    @property
    def readers(self) -> int:
        """How many are subscribed."""
        return len(self.subscribed)

    def subscribe(self) -> Block:
        """Return what a `with` statement takes."""
        return Block(self)

    def publish(self, line: Line) -> None:
        """Hand *line* to all subscribers."""
        for subscription in self.subscribed.values():
            subscription.take_in(line)
