"""The clock on the wall, which people and NTP servers set, apart from the one that only counts."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

HOUR_S = 3600

_behind_s = 0


@contextmanager
def adjustable() -> Iterator[None]:
    """Let `set_back` work inside the block, also for who did ``from time import time`` long ago.

    The virtual `time.time` and `time.time_ns` are objects. They are not replaced, which would miss
    a name that is bound elsewhere: they become instances of another class.
    """
    global _behind_s
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(time.time, "__class__", _reading(time.time, float, 1))
        monkeypatch.setattr(time.time_ns, "__class__", _reading(time.time_ns, int, 10**9))
        try:
            yield
        finally:
            _behind_s = 0


def set_back() -> None:
    """Set the wall clock back by an hour; `monotonic` and `perf_counter` go on as ever."""
    global _behind_s
    _behind_s = HOUR_S


def _reading(now: object, number: type, units: int) -> type:
    kind: Any = type(now)

    def read(self: Any) -> Any:
        return number(kind.__call__(self)) - _behind_s * units

    return type(kind.__name__, (kind,), {"__call__": read})
