"""How many articles the database has handed out: every fetch of every cursor, in all threads."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any
from weakref import WeakSet

import pytest
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper

from katas.newsroom.models import Article

_original_iter: Any = CursorWrapper.__iter__


class LostError(OperationalError):
    """The database has gone away in the middle."""


class Fetches:
    """Counts rows of articles as they are fetched; can be slow, and lose the database."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rows = 0
        #: Seconds that a fetch takes.
        self.take_s = 0.0
        self._lost_after: int | None = None
        self._of_articles: WeakSet[CursorWrapper] = WeakSet()

        def iterate(cursor: CursorWrapper) -> Iterator[Any]:
            for row in _original_iter(cursor):
                self._count(cursor, 1)
                yield row

        for name in ("fetchone", "fetchmany", "fetchall"):
            monkeypatch.setattr(CursorWrapper, name, self._counted(name), raising=False)
        monkeypatch.setattr(CursorWrapper, "__iter__", iterate)

    def lose_after(self, rows: int) -> None:
        """Let every fetch fail from now on, once *rows* more rows have been fetched."""
        self._lost_after = self.rows + rows

    def note(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Note whose rows the cursor of a statement has; see `dojo.instruments.statements`."""
        if f'FROM "{Article._meta.db_table}"' in sql and "COUNT(" not in sql:
            self._of_articles.add(context["cursor"])
        return execute(sql, params, many, context)

    def _count(self, cursor: CursorWrapper, rows: int) -> None:
        if cursor in self._of_articles:
            self.rows += rows

    def _counted(self, name: str) -> Callable[..., Any]:
        def fetch(cursor: CursorWrapper, *args: Any) -> Any:
            if self._lost_after is not None and self.rows >= self._lost_after:
                raise LostError("the database is gone (the test unplugged it)")
            if self.take_s:
                time.sleep(self.take_s)
            # What the class itself lacks, it takes from the driver's cursor.
            fetched = CursorWrapper.__getattr__(cursor, name)(*args)
            self._count(cursor, len(fetched) if name != "fetchone" else fetched is not None)
            return fetched

        return fetch
