"""Boards that keep, or tell, a little more than the site's own."""

import queue

from katas.k501_long_poll_disconnect.board import Board, Result, Waiter


class KeptBoard(Board):
    """A board that keeps its waiters when they have left.

    A task that is left behind, and waits for one of them, is not collected as garbage then, which
    would be a matter of luck: the loop itself holds on to no task.
    """

    def __init__(self, places: int, *, delay_s: float = 0.1) -> None:
        super().__init__(places, delay_s=delay_s)
        self.kept: list[Waiter] = []

    def join(self) -> Waiter:
        """Take a place."""
        waiter = super().join()
        self.kept.append(waiter)
        return waiter


class NotedBoard(KeptBoard):
    """A board of one place, which notes when a reader waits for news."""

    def __init__(self) -> None:
        super().__init__(1, delay_s=0.001)
        self.waiting: queue.Queue[Waiter] = queue.Queue()

    def join(self) -> Waiter:
        """Take a place."""
        waiter = super().join()
        wait = waiter.news

        async def news() -> Result:
            self.waiting.put(waiter)
            return await wait()

        waiter.news = news  # type: ignore[method-assign]
        return waiter
