"""The hub between one reporter and many readers. Edit this file; the brief is in README.md."""

from contextlib import AbstractContextManager

from katas.k603_slow_consumer.commentary import Line, Missed


class Subscription:
    """One subscriber's end of the hub. One task at a time reads from it."""

    async def next(self) -> Line | Missed:
        """Return what comes next for this subscriber; wait for it if nothing is there yet.

        TODO (task 1): lines. (Task 3): notices.
        """
        raise NotImplementedError("task 1: return the next line")


class Hub:
    """Hands each line to all who are subscribed. Lives on one event loop.

    Args:
        capacity: So many lines, at least 1, wait for one subscriber at most.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity

    @property
    def readers(self) -> int:
        """How many are subscribed.

        TODO (task 5).
        """
        raise NotImplementedError("task 5: count the subscribers")

    def subscribe(self) -> AbstractContextManager[Subscription]:
        """Return what a `with` statement takes: subscribed from its first line to its end.

        With `contextlib.contextmanager` above it, this is a generator: let it return an
        `Iterator[Subscription]`, since the decorator makes the rest of it.

        TODO (task 1), (task 5): the end.
        """
        raise NotImplementedError("task 1: subscribe")

    def publish(self, line: Line) -> None:
        """Hand *line* to all subscribers, without waiting for any of them.

        TODO (tasks 1 and 2). (Task 3): the places that they have.
        """
        raise NotImplementedError("task 1: publish a line")
