"""Which connections are open: those that the database driver has not closed."""

import sqlite3
from collections.abc import Iterable

from dojo.instruments.connections import Connection


def still_open(connections: Iterable[Connection]) -> list[Connection]:
    """Return those that are open, whatever Django thinks of them, and whoever has dropped them."""
    return [connection for connection in connections if _is_open(connection)]


def listed(connections: Iterable[Connection]) -> str:
    """List *connections* for a message, one a line."""
    return "".join(f"\n  {_told(connection)}" for connection in connections)


def _told(connection: Connection) -> str:
    thread = "the request's own thread" if connection.kept else f"thread {connection.thread}"
    return f"opened in {thread}" + (f" at {connection.spot}" if connection.spot else "")


def _is_open(connection: Connection) -> bool:
    if isinstance(connection.raw, sqlite3.Connection):
        try:
            _ = connection.raw.total_changes
        except sqlite3.ProgrammingError:
            return False
        return True
    return not connection.raw.closed
