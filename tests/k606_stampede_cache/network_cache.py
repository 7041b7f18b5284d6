"""A cache that answers late, as one behind a network does, on Django 5.2 as on 6.1."""

import asyncio
import itertools
import time
from collections.abc import Iterable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache

numbers = itertools.count(1)

#: What each of its methods takes, unless a test says otherwise.
TAKES_S = 0.001


class NetworkCache(LocMemCache):
    """Reads and writes take their time: on the loop without a thread, or in one.

    As with most of Django's backends, until 6.1, `aincr` reads and then writes; `incr` is atomic.
    In a thread, `add` and `incr` take no time: who calls both while holding a lock of threads would
    let others wait for it in real time, and the virtual clock with them.

    Attributes:
        takes: Seconds that each call takes. A read sees what was there when it began;
            `set` has written when half of it is over, so never just when somebody goes on.
        on_loop: The sync methods that were called on an event loop's thread.
        errors: What reading ("get") or writing ("set") raises.
        others: How many another process counts up each number by, right after it was read.
        counted_by_others: How many that were, all in all.
    """

    def __init__(self) -> None:
        super().__init__(f"k606 {next(numbers)}", {})
        self.takes = TAKES_S
        self.on_loop: list[str] = []
        self.errors: dict[str, Exception] = {}
        self.others = self.counted_by_others = 0

    @property
    def keys(self) -> list[str]:
        """The keys of all entries, as they were given."""
        return sorted(key.split(":", 2)[2] for key in self._cache)  # type: ignore[attr-defined]

    def _fail(self, what: str) -> None:
        if what in self.errors:
            raise self.errors[what]

    def _read(self, key: Any, default: Any, version: int | None) -> Any:
        """Read at once; if it is a number, another process counts before it can be written."""
        value = super().get(key, default, version)
        if self.others and type(value) is int:
            super().incr(key, self.others, version)
            self.counted_by_others += self.others
        return value

    def _blocks(self, name: str, takes: float | None = None) -> None:
        """Take the time of a sync method."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            time.sleep(self.takes if takes is None else takes)
        else:
            if name:
                self.on_loop.append(name)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Read in a thread."""
        value = self._read(key, default, version)
        self._blocks("get")
        self._fail("get")
        return value

    def has_key(self, key: Any, version: int | None = None) -> bool:
        """Look in a thread."""
        found = super().has_key(key, version)
        self._blocks("has_key")
        self._fail("get")
        return found

    def set(self, key: Any, value: Any, timeout: Any = 300, version: int | None = None) -> None:
        """Write in a thread."""
        self._blocks("set", self.takes / 2)
        self._fail("set")
        super().set(key, value, timeout, version)
        self._blocks("", self.takes / 2)

    def add(self, key: Any, value: Any, timeout: Any = 300, version: int | None = None) -> bool:
        """Write in a thread what is not there yet."""
        self._blocks("add", takes=0)
        self._fail("set")
        return super().add(key, value, timeout, version)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Count in a thread; nobody comes between."""
        self._blocks("incr", takes=0)
        self._fail("set")
        return super().incr(key, delta, version)

    async def aget(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Read."""
        value = self._read(key, default, version)
        await asyncio.sleep(self.takes)
        self._fail("get")
        return value

    async def ahas_key(self, key: Any, version: int | None = None) -> bool:
        """Look."""
        found = super().has_key(key, version)
        await asyncio.sleep(self.takes)
        self._fail("get")
        return found

    async def aset(
        self, key: Any, value: Any, timeout: Any = 300, version: int | None = None
    ) -> None:
        """Write."""
        await asyncio.sleep(self.takes / 2)
        self._fail("set")
        super().set(key, value, timeout, version)
        await asyncio.sleep(self.takes / 2)

    async def aadd(
        self, key: Any, value: Any, timeout: Any = 300, version: int | None = None
    ) -> bool:
        """Write what is not there yet."""
        await asyncio.sleep(self.takes)
        self._fail("set")
        return super().add(key, value, timeout, version)

    async def aset_many(
        self, data: dict[Any, Any], timeout: Any = 300, version: int | None = None
    ) -> list[Any]:
        """Write several, one after the other."""
        for key, value in data.items():
            await self.aset(key, value, timeout, version)
        return []

    async def aget_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        """Read several, one after the other."""
        missing = object()
        found = {key: await self.aget(key, missing, version) for key in keys}
        return {key: value for key, value in found.items() if value is not missing}

    async def aincr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """Read, then write: Django 5.2 and 6.0 do it so, for local memory too."""
        value: int | None = await self.aget(key, None, version)
        if value is None:
            raise ValueError(f"Key '{key}' not found")
        await self.aset(key, value + delta, version=version)
        return value + delta
