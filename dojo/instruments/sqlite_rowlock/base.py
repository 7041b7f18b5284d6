"""The backend's classes, where Django looks for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.backends.sqlite3 import base, features, operations
from django.db.utils import OperationalError

from dojo.instruments.sqlite_rowlock.lock import lock_of

# Comments, so that captured SQL shows the lock, and SQLite does not mind.
FOR_UPDATE = "/* FOR UPDATE */"
FOR_UPDATE_NOWAIT = "/* FOR UPDATE NOWAIT */"

WRITES = {"INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "ALTER", "DROP"}

# The `timeout` of sqlite3.connect().
TIMEOUT_S = 5.0


class DatabaseFeatures(features.DatabaseFeatures):
    """SQLite's, with row locks."""

    has_select_for_update = True
    has_select_for_update_nowait = True
    has_select_for_update_of = True
    has_select_for_no_key_update = True


class DatabaseOperations(operations.DatabaseOperations):
    """SQLite's, with the words for row locks."""

    def for_update_sql(
        self,
        nowait: bool = False,
        skip_locked: bool = False,
        of: Any = (),
        no_key: bool = False,
    ) -> str:
        """Return the marker that makes the connection take the lock before the SELECT."""
        return FOR_UPDATE_NOWAIT if nowait else FOR_UPDATE


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose transactions begin late, at the first lock or write.

    So that a read before it takes no snapshot: SQLite can neither refresh one, nor write after
    another connection has.
    """

    features_class = DatabaseFeatures
    ops_class = DatabaseOperations

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lock = lock_of(str(self.settings_dict["NAME"]))
        self._late_savepoints: list[str] = []
        self.execute_wrappers.append(self._lock_first)

    def _lock_first(
        self,
        execute: Callable[[str, Any, bool, dict[str, Any]], Any],
        sql: str,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        if not _locks(sql) or self._has_begun():
            return execute(sql, params, many, context)
        self._acquire(0 if FOR_UPDATE_NOWAIT in sql else self._timeout_s())
        if not self.get_autocommit():
            self._begin()
            return execute(sql, params, many, context)
        try:
            return execute(sql, params, many, context)
        finally:
            self._lock.release(self)

    def _timeout_s(self) -> float:
        return float(self.settings_dict["OPTIONS"].get("timeout", TIMEOUT_S))

    def _acquire(self, timeout_s: float) -> None:
        if not self._lock.acquire(self, timeout_s):
            raise OperationalError("database is locked")

    def _has_begun(self) -> bool:
        return self.connection is not None and self.connection.in_transaction

    def _begin(self) -> None:
        try:
            with self.wrap_database_errors:
                self.connection.execute("BEGIN IMMEDIATE")
                for sid in self._late_savepoints:
                    self.connection.execute(self.ops.savepoint_create_sql(sid))
        except BaseException:
            self._lock.release(self)
            raise
        self._late_savepoints.clear()

    def _start_transaction_under_autocommit(self) -> None:
        """Begin nothing yet."""

    def _savepoint(self, sid: str) -> None:
        if self._has_begun():
            super()._savepoint(sid)  # type: ignore[misc]
        else:
            self._late_savepoints.append(sid)

    def _savepoint_rollback(self, sid: str) -> None:
        if self._has_begun():
            super()._savepoint_rollback(sid)  # type: ignore[misc]

    def _savepoint_commit(self, sid: str) -> None:
        if self._has_begun():
            super()._savepoint_commit(sid)  # type: ignore[misc]
        elif sid in self._late_savepoints:
            del self._late_savepoints[self._late_savepoints.index(sid) :]

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._over()

    def _rollback(self) -> None:
        super()._rollback()  # type: ignore[misc]
        self._over()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._over()

    def _over(self) -> None:
        self._late_savepoints.clear()
        self._lock.release(self)


def _locks(sql: str) -> bool:
    if FOR_UPDATE in sql or FOR_UPDATE_NOWAIT in sql:
        return True
    return sql.lstrip(" \n\t(").partition(" ")[0].upper() in WRITES
