"""A board that keeps, and tells, a little more than the site's own."""

import queue
import threading

from katas.k501_long_poll_disconnect.board import Board, Result, Waiter


class KeptBoard(Board):
    """A board that notes how it is used, and keeps its waiters when they have left.

    A task that is left behind, and waits for one of them, is not collected as garbage then, which
    would be a matter of luck: the loop itself holds on to no task.
    """

    def __init__(self, places: int, *, delay_s: float = 0.1) -> None:
        super().__init__(places, delay_s=delay_s)
        self.kept: list[Waiter] = []
        #: How often `newest()` was called.
        self.asked = 0
        #: The waiters whose `news()` was called, for whichever thread looks.
        self.waiting: queue.Queue[Waiter] = queue.Queue()
        #: The threads in which places were taken and given back.
        self.threads: set[int] = set()

    def join(self) -> Waiter:
        """Take a place."""
        self.threads.add(threading.get_ident())
        waiter = super().join()
        self.kept.append(waiter)
        wait = waiter.news

        async def news() -> Result:
            self.waiting.put(waiter)
            return await wait()

        waiter.news = news  # type: ignore[method-assign]
        return waiter

    def leave(self, waiter: Waiter) -> None:
        """Give the place back."""
        self.threads.add(threading.get_ident())
        super().leave(waiter)

    async def newest(self) -> Result:
        """Ask the counting office."""
        self.asked += 1
        return await super().newest()
