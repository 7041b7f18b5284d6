"""Places to serve a view: the two servers of the kata, and some that behave like neither."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle

from asgiref.sync import async_to_sync

from katas.k304_stack_audit import servers
from katas.k304_stack_audit.reports import Observation
from katas.k304_stack_audit.servers import Serve, View


@dataclass(frozen=True)
class Place:
    """A server, and what there is to be observed of it.

    Attributes:
        name: What it is called in messages.
        opened: Opens it.
        requests: How many requests a test sends.
        truth: What is to be observed of so many.
    """

    name: str
    opened: Callable[[], AbstractContextManager[Serve]]
    requests: int
    truth: Observation

    def __str__(self) -> str:
        return self.name


class Counter:
    """A server under WSGI that counts.

    Attributes:
        sent: How many requests it was sent.
        answered: How many of their answers were read to the end.
        overlapping: How many requests came while an earlier one was still running.
    """

    def __init__(self) -> None:
        self.sent = self.answered = self.overlapping = 0

    def __call__(self, view: View) -> Iterator[bytes]:
        """Serve *view*."""
        self.overlapping += self.sent > self.answered
        self.sent += 1
        return self._until_the_end(servers.wsgi(view))

    def _until_the_end(self, parts: Iterator[bytes]) -> Iterator[bytes]:
        yield from parts
        self.answered += 1


@contextmanager
def wsgi() -> Iterator[Serve]:
    """Serve under WSGI. Not by the function that the kata gives: nobody is to know it by name."""
    yield lambda view: servers.wsgi(view)


def gathered(run: Callable[..., object]) -> Serve:
    """Make a server of something that runs one coroutine, in the thread that asks."""

    def serve(view: View) -> Iterator[bytes]:
        parts: list[bytes] = []
        run(servers.answer(view, parts.append))
        return iter(parts)

    return serve


@contextmanager
def loop_for_each_request() -> Iterator[Serve]:
    """Serve under ASGI, each request on a loop of its own."""
    yield gathered(asyncio.run)


@contextmanager
def closed_late() -> Iterator[Serve]:
    """Serve under ASGI, each request on a loop that is closed when the next request comes."""
    with ExitStack() as last:

        def serve(view: View) -> Iterator[bytes]:
            last.close()
            return gathered(last.enter_context(asyncio.Runner()).run)(view)

        yield serve


@contextmanager
def one_loop_here() -> Iterator[Serve]:
    """Serve under ASGI, on one loop in the thread that asks."""
    with asyncio.Runner() as runner:
        yield gathered(runner.run)


@contextmanager
def below_async_to_sync() -> Iterator[Serve]:
    """Serve under ASGI, below async_to_sync, as an async test of Django's TestCase runs."""

    def serve(view: View) -> Iterator[bytes]:
        parts: list[bytes] = []
        async_to_sync(servers.answer)(view, parts.append)
        return iter(parts)

    yield serve


@contextmanager
def asgi() -> Iterator[Serve]:
    """Serve under ASGI; the request is sent when its first part is asked for, and not before."""
    with servers.asgi() as serve_at_once:

        def serve(view: View) -> Iterator[bytes]:
            yield from serve_at_once(view)

        yield serve


@contextmanager
def by_turns() -> Iterator[Serve]:
    """Serve the first request under WSGI, the second under ASGI, and so on."""
    with asgi() as serve:
        turn = cycle([servers.wsgi, serve])
        yield lambda view: next(turn)(view)


WSGI = Place("Django's WSGIHandler", wsgi, 3, Observation(3, 3, 3, 0))
PLACES = [
    WSGI,
    Place("ASGIHandler on a server's loop", asgi, 2, Observation(1, 0, 2, 2)),
    Place("ASGIHandler, a loop per request", loop_for_each_request, 4, Observation(4, 4, 0, 4)),
    Place("ASGIHandler, loops closed a request late", closed_late, 3, Observation(3, 2, 0, 3)),
    Place("ASGIHandler on the asker's loop", one_loop_here, 3, Observation(1, 0, 0, 3)),
    Place("ASGIHandler below async_to_sync", below_async_to_sync, 2, Observation(2, 2, 2, 0)),
    Place("WSGIHandler and ASGIHandler by turns", by_turns, 5, Observation(4, 3, 5, 2)),
]
