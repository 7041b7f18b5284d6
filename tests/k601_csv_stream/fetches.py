"""How many articles the database has handed out: every fetch of every cursor, in all threads."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any, NoReturn
from weakref import WeakSet

import pytest
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper

from katas.newsroom.models import Article

_original_iter: Any = CursorWrapper.__iter__

#: However it is written, and whoever wrote it.
_FROM_ARTICLES = re.compile(rf'\bFROM\s+["`]?{Article._meta.db_table}\b', re.IGNORECASE)


class LostError(OperationalError):
    """The database has gone away in the middle."""


class Fetches:
    """Counts rows of articles as they are fetched; can be slow, and lose the database."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.rows = 0
        #: Seconds that a fetch takes.
        self.take_s = 0.0
        #: How often somebody has been told that the database is lost.
        self.told_lost = 0
        self._lost_after: int | None = None
        self._comes_back = False
        self._of_articles: WeakSet[CursorWrapper] = WeakSet()

        def iterate(cursor: CursorWrapper) -> Iterator[Any]:
            rows = _original_iter(cursor)
            while True:
                self._before_fetch()
                try:
                    row = next(rows)
                except StopIteration:
                    return
                self._count(cursor, 1)
                yield row

        for name in ("fetchone", "fetchmany", "fetchall"):
            monkeypatch.setattr(CursorWrapper, name, self._counted(name), raising=False)
        monkeypatch.setattr(CursorWrapper, "__iter__", iterate)

    def lose_after(self, rows: int, *, comes_back: bool = False) -> None:
        """Let fetches fail once *rows* more have been fetched: every one, or the first alone."""
        self._lost_after = self.rows + rows
        self._comes_back = comes_back

    def note(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Note whose rows the cursor of a statement has; see `dojo.instruments.statements`."""
        if _FROM_ARTICLES.search(sql) and "COUNT(" not in sql.upper():
            self._of_articles.add(context["cursor"])
        return execute(sql, params, many, context)

    def _lose(self) -> NoReturn:
        self.told_lost += 1
        if self._comes_back:
            self._lost_after = None
        raise LostError("the database is gone (the test unplugged it)")

    def _before_fetch(self) -> None:
        if self._lost_after is not None and self.rows >= self._lost_after:
            self._lose()
        if self.take_s:
            time.sleep(self.take_s)

    def _count(self, cursor: CursorWrapper, rows: int) -> None:
        if cursor not in self._of_articles:
            return
        self.rows += rows
        # A fetch of many rows does not get past the one at which the database is lost.
        if self._lost_after is not None and self.rows > self._lost_after:
            self._lose()

    def _counted(self, name: str) -> Callable[..., Any]:
        def fetch(cursor: CursorWrapper, *args: Any) -> Any:
            self._before_fetch()
            # What the class itself lacks, it takes from the driver's cursor.
            fetched = CursorWrapper.__getattr__(cursor, name)(*args)
            self._count(cursor, len(fetched) if name != "fetchone" else fetched is not None)
            return fetched

        return fetch
