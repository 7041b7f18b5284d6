"""Wait for what has to happen: woken when something does, and not for ever.

A wait ends in vain when its seconds are over; or sooner, when the site stands still: for `STILL_S`,
at every look, all of its threads have slept, and neither has it sent anything nor has the judge
done anything. Then nothing will happen any more, but by a timer that has longer to run.

A site that feigns either gains nothing: that a wait is vain is never in its favour, it can let the
seconds pass as well, and it can't make them more.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
# Real seconds, three times what a right answer has needed at a load of forty on two processors.
# Only a site that does something else for ever makes the judge wait so long.
PATIENCE_S = 30.0
# Seconds between two looks at the site, and for which it has to stand still.
LOOK_S, STILL_S = 0.2, 3.0
LOOKS = round(STILL_S / LOOK_S)
# Steps of the loop in which it takes what has come in until then.
STEPS = 100


class Patience:
    """Waits for conditions of one check.

    Attributes:
        seconds: How long, for each wait.
        quiet: Looks in a row at which the site stood still, since anything was done or sent.
        still: Whether these are enough.
        waits: Those under way, in the order in which they have begun.
    """

    def __init__(self, seconds: float = PATIENCE_S) -> None:
        self.seconds = seconds
        self.changed = asyncio.Event()
        self.quiet, self.still = 0, False
        self.waits: list[object] = []

    def look(self) -> None:
        """Something has happened: let who waits look again."""
        self.stir()
        self.changed.set()

    def stir(self) -> None:
        """Something is sent or done: let the site stand still from now on, if it does."""
        self.quiet, self.still = 0, False

    async def heed(self, still: bool) -> None:
        """Take in whether the site has stood still since the last look, which is `LOOK_S` ago."""
        self.quiet = self.quiet + 1 if still else 0
        if self.quiet >= LOOKS:
            for _ in range(STEPS):  # what it sent before is in our sockets
                await asyncio.sleep(0)
        self.still = self.quiet >= LOOKS
        if self.still:
            self.changed.set()

    async def until(
        self,
        holds: Callable[[], bool],
        seen: Callable[[], str],
        *,
        unless: Callable[[], bool] = lambda: False,
    ) -> None:
        """Wait until *holds* gives True.

        Of several waits, a site that stands still ends the one that has begun last: in those before
        it, the site may wait for what the check does next.

        Args:
            unless: What makes further waiting vain; see `look` for when it is asked.

        Raises:
            AssertionError: It did not, with the text that *seen* gives then, and why the wait ended
                if not by *unless*.
        """
        loop, wait = asyncio.get_running_loop(), object()
        deadline = loop.time() + self.seconds
        self.waits.append(wait)
        self.stir()
        try:
            while not holds():
                self.changed.clear()
                if unless():
                    raise AssertionError(seen())
                if self.still and self.waits[-1] is wait:
                    self.stir()
                    raise AssertionError(f"{seen()} The site stands still.")
                left = deadline - loop.time()
                if left <= 0:
                    raise AssertionError(f"{seen()} The judge has waited for {self.seconds:g} s.")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.changed.wait(), left)
        finally:
            self.waits.remove(wait)

    async def answer(self, waited: Awaitable[T], what: str) -> T:
        """Return what *waited* gives.

        Raises:
            AssertionError: It gave nothing; *what* names it.
        """
        task = asyncio.ensure_future(waited)
        task.add_done_callback(lambda _: self.look())
        try:
            await self.until(task.done, lambda: f"{what}: no answer.")
            return task.result()
        finally:
            if task.cancel():
                await asyncio.gather(task, return_exceptions=True)
