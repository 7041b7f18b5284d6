"""The lock of one database: one writer at a time, and it is known who waits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from weakref import WeakValueDictionary

#: Called in the thread that starts (True) or stops (False) to wait for a lock.
listeners: list[Callable[[bool], None]] = []

_locks: WeakValueDictionary[str, WriteLock] = WeakValueDictionary()
# Two threads that connect at the same time must not make a lock each.
_making = threading.Lock()


class WriteLock:
    """Held by one connection from its first lock or write to the end of its transaction."""

    def __init__(self) -> None:
        # A Condition, not a Lock: a virtual clock can see who waits for one.
        self._changed = threading.Condition()
        self._holder: object | None = None

    def acquire(self, holder: object, timeout_s: float) -> bool:
        """Wait for the lock; False if *timeout_s* was not enough."""
        with self._changed:
            if self._holder is not None and timeout_s > 0:
                self._tell(waiting=True)
                try:
                    self._changed.wait_for(lambda: self._holder is None, timeout_s)
                finally:
                    self._tell(waiting=False)
            if self._holder is not None:
                return False
            self._holder = holder
            return True

    def release(self, holder: object) -> None:
        """Give the lock up, if *holder* has it."""
        with self._changed:
            if self._holder is holder:
                self._holder = None
                self._changed.notify()

    def _tell(self, *, waiting: bool) -> None:
        for listener in tuple(listeners):
            listener(waiting)


def lock_of(database: str) -> WriteLock:
    """Return the lock that all connections to *database* in this process share."""
    # setdefault would drop a fresh lock before anybody holds a reference to it.
    with _making:
        lock = _locks.get(database)
        if lock is None:
            lock = _locks[database] = WriteLock()
        return lock
