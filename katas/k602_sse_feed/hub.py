"""The hub of the live blog. Given: it lives in the server's process, on its event loop."""

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

HEARTBEAT_S = 15
"""So long a connection may be silent; many proxies cut one that was silent for 30 s or 60 s."""


@dataclass(frozen=True)
class Entry:
    r"""One entry of the blog; its number is that of the one before it, plus one.

    The text has one or more lines, separated by "\n" and by nothing else. Any of them may be empty,
    so that the text may be "", or end with "\n". It has no "\r".
    """

    number: int
    text: str


class HubDown(Exception):  # noqa: N818 - what the hub is
    """The hub has lost its line to the newsroom."""


class Subscription:
    """What one reader has still to be told, in order."""

    def __init__(self, missed: Iterable[Entry]) -> None:
        self._queue: asyncio.Queue[Entry | HubDown] = asyncio.Queue()
        for entry in missed:
            self.put(entry)

    async def next(self) -> Entry:
        """Take the next entry; wait for it if there is none.

        Whoever is cancelled while waiting, by a time limit or otherwise, loses no entry by it.

        Raises:
            HubDown: There will be no more.
        """
        told = await self._queue.get()
        if isinstance(told, HubDown):
            raise told
        return told

    def put(self, told: Entry | HubDown) -> None:
        """Add what is to be told; takes no time."""
        self._queue.put_nowait(told)


class Hub:
    """Tells everybody who has subscribed what is published.

    Args:
        keeps: So many of the newest entries can be asked for later.
    """

    def __init__(self, keeps: int = 100) -> None:
        self._entries: deque[Entry] = deque(maxlen=keeps)
        self._subscriptions: set[Subscription] = set()

    @property
    def subscribers(self) -> int:
        """How many subscriptions there are."""
        return len(self._subscriptions)

    @property
    def newest(self) -> int:
        """The number of the newest entry; 0 before the first."""
        return self._entries[-1].number if self._entries else 0

    def subscribe(self, after: int | None = None) -> Subscription:
        """Subscribe to all that is published from now on; on the event loop.

        Args:
            after: Begin with the entries that have a greater number, as far as they are still kept.
                With None, begin with what is published next.
        """
        missed = () if after is None else (e for e in self._entries if e.number > after)
        subscription = Subscription(missed)
        self._subscriptions.add(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """End a subscription; from any thread, and a second time does no harm."""
        self._subscriptions.discard(subscription)

    def publish(self, text: str) -> Entry:
        """Tell everybody."""
        entry = Entry(self.newest + 1, text)
        self._entries.append(entry)
        for subscription in tuple(self._subscriptions):
            subscription.put(entry)
        return entry

    def fail(self, error: HubDown) -> None:
        """Let `next` raise *error* for everybody, after the entries that are still to be told."""
        for subscription in tuple(self._subscriptions):
            subscription.put(error)


hub = Hub()
