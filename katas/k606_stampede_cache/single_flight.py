"""Get or compute, and only once. Edit this file; the brief is in README.md."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from django.core.cache.backends.base import BaseCache

Value = TypeVar("Value")


class SingleFlightCache:
    """Stands in front of one of Django's caches; one object serves the whole process.

    Args:
        cache: Where the values are kept. It may be far away: its methods take their time.
    """

    def __init__(self, cache: BaseCache) -> None:
        self._cache = cache

    async def get_or_compute(
        self,
        key: str,
        compute: Callable[[], Coroutine[Any, Any, Value]],
        timeout: float | None,
    ) -> Value:
        """Return what the cache has for *key*, or what ``await compute()`` returns.

        All who ask for a key while it is being computed share one computation. What it returns is
        cached for *timeout* seconds, which means what it means to Django: None is for ever.

        Raises:
            Exception: What *compute* or the cache has raised.

        TODO (tasks 1 to 5).
        """
        raise NotImplementedError("task 1: return what is cached, or compute it")
