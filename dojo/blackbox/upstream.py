"""The services that a site calls, played by the judge: it sees each call, and when it ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from dojo.blackbox.waiting import Patience
from dojo.model import Bar

if TYPE_CHECKING:
    from dojo.blackbox.site import Asked

LONGEST = 64 * 1024
# More calls than any check lets a site make, and more connections than it may hold at once: each
# takes memory and a descriptor of this process.
MOST_CALLS, MOST_OPEN = 1_000, 200
MOST_BARS = 50


@dataclass(eq=False)
class Call:
    """One call of the site.

    Attributes:
        service: As the check names it, such as ``katas.newsroom.upstream:desks.fetch``.
        arguments, keywords: As the site gave them, as far as JSON can say them.
        begin, end: Seconds of the judge's clock; *end* is None while it is under way.
        outcome: ``running``, ``ok``, ``error``, or ``cancelled`` if the site gave up first.
        writer: To the site.
    """

    service: str
    arguments: list[Any]
    keywords: dict[str, Any]
    begin: float
    writer: asyncio.StreamWriter
    end: float | None = None
    outcome: str = "running"
    released: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def given(self) -> list[Any]:
        """All arguments in their order, whether the site has named them or not."""
        return [*self.arguments, *self.keywords.values()]

    @property
    def first(self) -> Any:
        """The first argument, by its place or by its name; None if there is none."""
        return next(iter((*self.arguments, *self.keywords.values())), None)

    @property
    def label(self) -> str:
        """The call in Python's words."""
        words = [*map(repr, self.arguments), *(f"{k}={v!r}" for k, v in self.keywords.items())]
        return f"{self.service.rpartition(':')[2]}({', '.join(words)})"[:80]


class Failure(Exception):  # noqa: N818 - of a service, not of the judge
    """What a call of the site is to raise.

    Args:
        type: Such as ``katas.k404_legacy_sdk_bridge.wire:WireError``; it takes a text.
    """

    def __init__(self, type: str, text: str) -> None:
        super().__init__(text)
        self.type = type


def every(call: Call) -> bool:
    """Hold all calls."""
    return True


def none(call: Call) -> bool:
    """Hold no call."""
    return False


async def turns() -> None:
    """Let the loop do what is due, and what comes of that at once."""
    for _ in range(5):
        await asyncio.sleep(0)


class Upstream:
    """All services of one site.

    Attributes:
        calls: Every call so far, in the order of their arrival.
        answer: Makes the answer of a call: a value that JSON can say. It may raise: the site's call
            then raises RuntimeError with the same text, or what a `Failure` names.
        holding: Whether a call that comes waits for `release`.
    """

    def __init__(self, patience: Patience) -> None:
        self.patience = patience
        self.calls: list[Call] = []
        self.answer: Callable[[Call], Any] = lambda call: None
        self.holding: Callable[[Call], bool] = none
        self.begin = time.monotonic()
        self.open = 0
        self.writers = WeakSet[asyncio.StreamWriter]()

    @contextlib.asynccontextmanager
    async def listening(self, path: Path) -> AsyncIterator[Upstream]:
        """Serve on the Unix socket *path* in the block."""
        server = await asyncio.start_unix_server(self.serve, path, limit=LONGEST)
        path.chmod(0o777)  # noqa: ASYNC240
        try:
            yield self
        finally:
            # A connection that has been accepted, and not yet been made, when its server is closed
            # is lost, and its socket stays open: asyncio has an assertion that fails then.
            for listener in server.sockets:
                asyncio.get_running_loop().remove_reader(listener.fileno())
            await turns()
            server.close()
            for writer in tuple(self.writers):
                writer.transport.abort()
            await turns()  # for what has been told to close

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one call, unless there are too many."""
        self.writers.add(writer)
        self.open += 1
        try:
            if self.open <= MOST_OPEN and len(self.calls) < MOST_CALLS:
                await self.answered(reader, writer)
        finally:
            self.open -= 1
            writer.close()

    async def answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one call and answer it."""
        try:
            asked = json.loads(await reader.readline())
            call = Call(
                str(asked["service"]),
                list(asked["arguments"]),
                dict(asked["keywords"]),
                self.now(),
                writer,
            )
        except (ValueError, KeyError, TypeError, OSError, RecursionError):
            return  # whoever this is, it is no service call
        self.calls.append(call)
        self.patience.look()
        if not self.holding(call):
            call.released.set()
        await self.until_released_or_gone(call, reader)
        if call.outcome == "running":
            self.reply(call)
        call.end = self.now()
        self.patience.look()

    async def until_released_or_gone(self, call: Call, reader: asyncio.StreamReader) -> None:
        """Return when the check lets the call go, or the site has closed the connection."""
        gone = asyncio.ensure_future(reader.read(1))
        released = asyncio.ensure_future(call.released.wait())
        await asyncio.wait({gone, released}, return_when=asyncio.FIRST_COMPLETED)
        if not released.done():  # a site that says more has not given up
            gave_up = gone.exception() is not None or not gone.result()
            call.outcome = "cancelled" if gave_up else "error"
        for waiting in (gone, released):
            waiting.cancel()
        await asyncio.gather(gone, released, return_exceptions=True)

    def reply(self, call: Call) -> None:
        """Send the answer."""
        try:
            said = {"answer": self.answer(call)}
            call.outcome = "ok"
        except Exception as error:
            said = {"error": str(error), "type": getattr(error, "type", "builtins:RuntimeError")}
            call.outcome = "error"
        self.send(call, said)

    def send(self, call: Call, said: dict[str, Any]) -> None:
        """Write a line to the site."""
        with contextlib.suppress(OSError):
            call.writer.write(json.dumps(said).encode() + b"\n")

    def now(self) -> float:
        """Return the seconds since the judge began."""
        return time.monotonic() - self.begin

    def hold(self, which: Callable[[Call], bool] = every) -> None:
        """Let no call for which *which* gives True be answered from now on, before `release`."""
        self.holding = which

    def release(self) -> None:
        """Answer all calls that are held, and those that come from now on."""
        self.holding = none
        for call in self.calls:
            call.released.set()

    async def release_one(self, call: Call) -> None:
        """Answer *call*, which is held, and wait until that is done."""
        call.released.set()
        await self.patience.until(
            lambda: call.end is not None, lambda: f"{call.label}: {call.outcome}, without an end."
        )

    def pass_time(self, call: Call, seconds: float) -> None:
        """Let the clock of the site's event loop go on, while *call*, an async one, is under way.

        The site has taken what was answered before. It needs ``CLOCK = True``.
        """
        self.send(call, {"passes": seconds})

    @property
    def in_flight(self) -> list[Call]:
        """The calls that are under way."""
        return [call for call in self.calls if call.outcome == "running"]

    async def together(self, count: int, page: Asked) -> None:
        """Wait until *count* calls are under way at once, while *page* is asked for.

        Raises:
            AssertionError: *page* was answered before, or it did not come to that.
        """

        def seen() -> str:
            so_far = f"{len(self.in_flight)} calls under way together"
            if page.task.done():
                return (
                    f"{page.what}: answered before {count} calls were under way together; {so_far}."
                )
            return f"{page.what}: {so_far}, while none was answered; expected {count}."

        await self.patience.until(lambda: len(self.in_flight) >= count, seen, unless=page.task.done)

    def bars(self) -> tuple[Bar, ...]:
        """Return the first calls as a timeline, in seconds of the judge's clock."""
        first = self.calls[:MOST_BARS]
        return tuple(Bar(call.label, call.begin, call.end, call.outcome) for call in first)
