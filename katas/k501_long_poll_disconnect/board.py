"""The board of election night. Given: it lives in the server's process, on its event loop."""

import asyncio
from dataclasses import dataclass

PATIENCE_S = 25
"""So long a reader waits for news; proxies commonly give up after 30 s or 60 s."""


@dataclass(frozen=True)
class Result:
    """What has been counted; each result has the number after that of the one before it."""

    number: int
    text: str


class Full(Exception):  # noqa: N818 - what the board is
    """Every place is taken."""


class LineDown(Exception):  # noqa: N818 - what the line is
    """The line to the counting office is broken."""


class Waiter:
    """The place of one reader on the board."""

    def __init__(self) -> None:
        self._told = asyncio.Event()
        self._news: Result | Exception | None = None

    async def news(self) -> Result:
        """Wait for the first result that has been published since `Board.join` made this waiter.

        Raises:
            LineDown: It broke while the reader waited. It may also be another exception.
        """
        await self._told.wait()
        assert self._news is not None
        if isinstance(self._news, Exception):
            raise self._news
        return self._news

    def tell(self, news: Result | Exception) -> None:
        """Wake whoever waits; only the first news counts."""
        if self._news is None:
            self._news = news
            self._told.set()


class Board:
    """Knows the newest result, and who waits for the next one.

    Args:
        places: So many can wait at a time.
        delay_s: So long an answer of the counting office is under way.
    """

    def __init__(self, places: int, *, delay_s: float = 0.1) -> None:
        self._places = places
        self._delay_s = delay_s
        self._waiters: set[Waiter] = set()
        self._newest: Result | Exception = Result(0, "The polls have closed")

    @property
    def taken(self) -> int:
        """How many places are taken."""
        return len(self._waiters)

    def join(self) -> Waiter:
        """Take a place, and keep it until `leave`, whatever becomes of the reader.

        Raises:
            Full: There is none left.
        """
        if self.taken >= self._places:
            raise Full(f"all {self._places} places are taken")
        waiter = Waiter()
        self._waiters.add(waiter)
        return waiter

    def leave(self, waiter: Waiter) -> None:
        """Give the place back; a second time does no harm."""
        self._waiters.discard(waiter)

    async def newest(self) -> Result:
        """Ask the counting office for the newest result; the answer is 0.1 s old when it comes.

        Raises:
            LineDown: There is no answer to be had. It may also be another exception.
        """
        newest = self._newest
        await asyncio.sleep(self._delay_s)
        if isinstance(newest, Exception):
            raise newest
        return newest

    def publish(self, result: Result) -> None:
        """Tell all who wait."""
        self._tell(result)

    def break_line(self, error: Exception) -> None:
        """Let all who wait, and all who ask from now on, get *error*."""
        self._tell(error)

    def _tell(self, news: Result | Exception) -> None:
        self._newest = news
        for waiter in self._waiters:
            waiter.tell(news)


board = Board(places=500)
