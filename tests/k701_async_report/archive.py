"""The archive's table: a database that is slow, one that fails, and the rows that it brings."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection

from dojo.instruments import statements
from dojo.instruments.orm_guard import Queries
from katas.newsroom.models import Article


def is_read(sql: str) -> bool:
    """Say whether a statement reads the archive's table."""
    return statements.verb(sql) in {"SELECT", "WITH"} and Article._meta.db_table in sql


@contextmanager
def failing() -> Iterator[OperationalError]:
    """Let whoever reads the archive inside the block get the error that this gives."""
    error = OperationalError("the archive is closed")

    def fail(execute: statements.Execute, sql: str, *args: Any) -> Any:
        if is_read(sql):
            raise error
        return execute(sql, *args)

    with statements.wrapped(fail):
        yield error


@contextmanager
def slow(seconds: float) -> Iterator[None]:
    """Let the first statement that reads the archive inside the block take so long, in a thread."""
    waiting = [seconds]

    def wait(execute: statements.Execute, sql: str, *args: Any) -> Any:
        if is_read(sql) and waiting:
            time.sleep(waiting.pop())
        return execute(sql, *args)

    with statements.wrapped(wait):
        yield


def most_rows(queries: Queries) -> tuple[int, str]:
    """Send each SELECT again; return the highest number of rows that came, and its statement."""
    brought = [(0, "")]
    with connection.cursor() as cursor:
        for query in queries.matching("SELECT"):
            params: Any = query.params
            cursor.execute(query.sql, params)
            brought.append((len(cursor.fetchall()), statements.shorten(query.sql)))
    return max(brought)
