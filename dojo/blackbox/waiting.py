"""Wait for what has to happen: woken when something does, and not for ever."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
# Real seconds. A right answer never waits for them, however slow the machine: what has to happen
# happens. Only one that does not do it makes the judge wait so long.
PATIENCE_S = 10.0


class Patience:
    """Waits for conditions of one check.

    Attributes:
        seconds: How long, for each wait.
    """

    def __init__(self, seconds: float = PATIENCE_S) -> None:
        self.seconds = seconds
        self.changed = asyncio.Event()

    def look(self) -> None:
        """Something has happened: let who waits look again."""
        self.changed.set()

    async def until(
        self,
        holds: Callable[[], bool],
        seen: Callable[[], str],
        *,
        unless: Callable[[], bool] = lambda: False,
    ) -> None:
        """Wait until *holds* gives True.

        Args:
            unless: What makes further waiting vain; see `look` for when it is asked.

        Raises:
            AssertionError: It did not, with the text that *seen* gives then.
        """
        deadline = asyncio.get_running_loop().time() + self.seconds
        while not holds():
            self.changed.clear()
            left = deadline - asyncio.get_running_loop().time()
            if unless() or left <= 0:
                raise AssertionError(seen())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.changed.wait(), left)

    async def answer(self, waited: Awaitable[T], what: str) -> T:
        """Return what *waited* gives.

        Raises:
            AssertionError: It gave nothing; *what* names it.
        """
        try:
            return await asyncio.wait_for(asyncio.ensure_future(waited), self.seconds)
        except TimeoutError:
            raise AssertionError(f"{what}: no answer within {self.seconds:g} s.") from None
