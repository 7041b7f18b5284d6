"""The tables of SQLite's test database, made once for all sessions in forks of this process."""

from __future__ import annotations

import contextlib
import sqlite3

import pytest
from django.apps import apps
from django.core.management import BaseCommand
from django.db import DEFAULT_DB_ALIAS, connections
from django.test import override_settings
from django.test.utils import setup_databases, teardown_databases

# What a session's database begins with, as bytes of SQLite; None until `prepare` has made it.
_prepared: bytes | None = None


def prepare() -> None:
    """Make the tables now, without migrations, as ``--no-migrations`` makes them.

    Nothing if the database is another one.
    """
    global _prepared
    if connections[DEFAULT_DB_ALIAS].vendor != "sqlite":
        return
    with override_settings(MIGRATION_MODULES={app.label: None for app in apps.get_app_configs()}):
        made = setup_databases(verbosity=0, interactive=False)
        connection = connections[DEFAULT_DB_ALIAS]
        connection.ensure_connection()
        _prepared = connection.connection.serialize()
        teardown_databases(made, verbosity=0)
        # Django leaves a connection to memory open, and SQLite wants none carried over a fork.
        # https://www.sqlite.org/howtocorrupt.html#_carrying_an_open_database_connection_across_a_fork_
        connection.close()


def _restore(command: BaseCommand, *args: object, database: str, **options: object) -> None:
    """Do what the command does for a new database, with what `prepare` has made."""
    assert _prepared is not None
    connection = connections[database]
    connection.ensure_connection()
    with contextlib.closing(sqlite3.connect(":memory:")) as template:
        template.deserialize(_prepared)
        template.backup(connection.connection)


def use(patch: pytest.MonkeyPatch) -> None:
    """Let ``migrate``, while *patch* lasts, do with what has been prepared, if anything has."""
    if _prepared is not None and connections[DEFAULT_DB_ALIAS].vendor == "sqlite":
        patch.setattr("django.core.management.commands.migrate.Command.handle", _restore)
