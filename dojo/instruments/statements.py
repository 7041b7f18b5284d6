"""One place where every SQL statement passes: all connections, all threads, old and new.

Django's own ``connection.execute_wrapper`` serves one connection of one thread; an instrument has
to see the connections of threads that do not exist yet. A wrapper here has the same signature.
https://docs.djangoproject.com/en/6.0/topics/db/instrumentation/
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

from django.db import InterfaceError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

Execute = Callable[[str, Any, bool, dict[str, Any]], Any]
Wrapper = Callable[[Execute, str, Any, bool, dict[str, Any]], Any]

LONGEST = 160

_wrappers: list[Wrapper] = []
_executing: set[int] = set()
_refused: WeakSet[BaseDatabaseWrapper] = WeakSet()
_lock = threading.Lock()
_original: Any = CursorWrapper._execute_with_wrappers  # type: ignore[attr-defined]


def around(wrapper: Wrapper) -> None:
    """Run *wrapper* around every statement from here on; the last one added is the outermost."""
    _wrappers.append(wrapper)


@contextmanager
def wrapped(wrapper: Wrapper) -> Iterator[None]:
    """Run *wrapper* around every statement inside the ``with`` block."""
    _wrappers.append(wrapper)
    try:
        yield
    finally:
        _wrappers.remove(wrapper)


def is_executing(connection: BaseDatabaseWrapper) -> bool:
    """Say whether a thread is in the middle of a statement on *connection*."""
    return id(connection) in _executing


def refuse(connection: BaseDatabaseWrapper) -> None:
    """Let no further statement begin on *connection*; the one that is under way goes on."""
    with _lock:
        _refused.add(connection)


def verb(sql: str) -> str:
    """Return the first word of a statement, in capitals; empty for an empty one."""
    return sql.lstrip(" \n\t(").partition(" ")[0].strip(";\n\t").upper()


def shorten(sql: str) -> str:
    """Return *sql* on one line, cut to what a message has room for."""
    line = " ".join(sql.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


@functools.wraps(_original)
def _execute(self: CursorWrapper, sql: str, params: Any, many: bool, executor: Any) -> Any:
    def innermost(sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        return _original(self, sql, params, many, executor)

    execute: Execute = innermost
    for wrapper in tuple(_wrappers):
        execute = functools.partial(wrapper, execute)
    with _lock:
        if self.db in _refused:
            raise InterfaceError("the test that this connection belongs to is over")
        _executing.add(id(self.db))
    try:
        return execute(sql, params, many, {"connection": self.db, "cursor": self})
    finally:
        _executing.discard(id(self.db))


CursorWrapper._execute_with_wrappers = _execute  # type: ignore[attr-defined]
