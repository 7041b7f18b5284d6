"""Which connections are open, and what was asked: by the driver's word, not by Django's."""

import sqlite3
from collections.abc import Collection, Iterable

from dojo.instruments.connections import Connection
from dojo.instruments.orm_guard import Queries, Query


def still_open(connections: Iterable[Connection]) -> list[Connection]:
    """Return those that are open, whatever Django thinks of them, and whoever has dropped them."""
    return [connection for connection in connections if _is_open(connection)]


def listed(connections: Iterable[Connection], door: Collection[Connection] = ()) -> str:
    """List *connections* for a message, one a line; *door*: those that `partners_only` opened."""
    return "".join(f"\n  {_told(one, at_the_door=one in door)}" for one in connections)


def counted(queries: Queries) -> str:
    """Say for a message how many *queries* there were, and where the first one was made."""
    number = f"{len(queries)} {queries.nouns[0] if len(queries) == 1 else queries.nouns[1]}"
    return f"{number}, the first {_place(queries[0])}"


def _place(query: Query) -> str:
    place = f"at {query.spot}" if query.spot else f"in thread {query.thread}"
    return f"{place} ({query.sql[:40]}…)"


def _told(connection: Connection, *, at_the_door: bool) -> str:
    thread = "the request's own thread" if connection.kept else f"thread {connection.thread}"
    if at_the_door:
        return f"opened in {thread}, before your view, by `partners_only`"
    return f"opened in {thread}" + (f" at {connection.spot}" if connection.spot else "")


def _is_open(connection: Connection) -> bool:
    if isinstance(connection.raw, sqlite3.Connection):
        try:
            _ = connection.raw.total_changes
        except sqlite3.ProgrammingError:
            return False
        return True
    return not connection.raw.closed
