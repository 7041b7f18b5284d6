"""Pools of threads that leave nothing to luck."""

import itertools
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

# How the names of the threads of the loop's default pool begin.
DEFAULT_POOL = "default-pool"


class FreshThreads(ThreadPoolExecutor):
    """A default pool that shows what one may do: no two jobs are done by the same thread."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers = itertools.count(1)

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do the job in a thread that ends after it."""
        name = f"{DEFAULT_POOL}-{next(self._numbers)}"
        pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        try:
            return pool.submit(fn, *args, **kwargs)
        finally:
            pool.shutdown(wait=False)


_adjust_thread_count: Any = ThreadPoolExecutor._adjust_thread_count


def grow(pool: ThreadPoolExecutor) -> None:
    """Start one more thread for each job, up to the limit, whether or not another one is idle.

    In its place, `ThreadPoolExecutor` starts one if none is idle, which is a matter of luck: a
    thread that has told of its result is not idle yet.
    """
    while pool._idle_semaphore.acquire(blocking=False):
        pass
    _adjust_thread_count(pool)
