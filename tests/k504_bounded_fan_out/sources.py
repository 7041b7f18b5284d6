"""Where the items come from: an async source that notes who takes what and when, and others."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import Any

from django.core.exceptions import SynchronousOnlyOperation

from dojo.instruments.service import Service
from tests.k504_bounded_fan_out.calls import CLEANUP_S

KINDS = ("list", "async source")


class Source:
    """An async generator of items, and the calls that are made for them.

    Args:
        items: What it yields.
        every: Seconds that it takes to come up with each item, and with its end.
        error: What it raises at its end; it just ends without one.

    Attributes:
        taken: How many items have been taken.
        ended: How many of the calls for them have ended.
        most_ahead: The most items that had been taken without their call having ended.
        reading: Whether somebody is waiting for an item just now, or has been cancelled there and
            has not cleaned up.
        failed_at: When it raised its error, in seconds; None if it has not.
    """

    def __init__(
        self,
        service: Service,
        items: Sequence[Any],
        *,
        every: float = 0,
        error: Exception | None = None,
    ) -> None:
        self.service, self.items, self.every, self.error = service, items, every, error
        self.taken = self.ended = self.most_ahead = 0
        self.reading = False
        self.failed_at: float | None = None

    async def __aiter__(self) -> AsyncIterator[Any]:
        """Yield the items."""
        for item in self.items:
            await self._come_up()
            self.taken += 1
            self.most_ahead = max(self.most_ahead, self.taken - self.ended)
            yield item
        await self._come_up()
        if self.error is not None:
            self.failed_at = round(float(self.service.elapsed), 3)
            raise self.error

    async def _come_up(self) -> None:
        self.reading = True
        try:
            await asyncio.sleep(self.every)
        except asyncio.CancelledError:
            await asyncio.sleep(CLEANUP_S)  # somebody has to wait for this as well
            raise
        finally:
            self.reading = False

    async def fetch(self, item: Any) -> str:
        """Call the service for *item*."""
        try:
            return await self.service.fetch(item)
        finally:
            self.ended += 1


def source_of(kind: str, service: Service, items: Sequence[Any]) -> Any:
    """Return *items* as a source of that kind; the async one has each at once."""
    return Source(service, items) if kind == "async source" else list(items)


class BareIterator:
    """An async iterator that has what one needs, `__aiter__` and `__anext__`, and no `aclose`."""

    def __init__(self, source: Source) -> None:
        self._items = aiter(source)

    def __aiter__(self) -> "BareIterator":
        """Return itself, as iterators do."""
        return self

    async def __anext__(self) -> Any:
        """Return the next item."""
        return await anext(self._items)


class LikeAQuerySet:
    """Can be iterated both ways, and must not be iterated synchronously on an event loop."""

    def __init__(self, items: Iterable[Any]) -> None:
        self.items = items

    def __iter__(self) -> Iterator[Any]:
        """Refuse, as a QuerySet does that has to ask the database.

        Raises:
            SynchronousOnlyOperation: Always.
        """
        raise SynchronousOnlyOperation("a query on the event loop's thread")

    def __len__(self) -> int:
        """Refuse, as `__iter__` does.

        Raises:
            SynchronousOnlyOperation: Always.
        """
        raise SynchronousOnlyOperation("a query on the event loop's thread")

    __bool__ = __len__

    async def __aiter__(self) -> AsyncIterator[Any]:
        """Yield the items."""
        for item in self.items:
            yield item
