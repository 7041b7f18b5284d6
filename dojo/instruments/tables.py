"""The tables of the test database: made once for all sessions in forks of this process; emptied."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable

import pytest
from django.apps import apps
from django.core.management import BaseCommand
from django.db import DEFAULT_DB_ALIAS, ProgrammingError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import override_settings
from django.test.utils import setup_databases, teardown_databases

# What a session's database begins with, as bytes of SQLite or as the name of a database that
# PostgreSQL copies; None until `prepare` has made it.
_prepared: bytes | str | None = None


def prepare() -> None:
    """Make the tables now, without migrations, as ``--no-migrations`` makes them.

    Nothing if the database is neither SQLite nor PostgreSQL.
    """
    global _prepared
    ways: dict[str, Callable[[BaseDatabaseWrapper], bytes | str]]
    ways = {"sqlite": _image, "postgresql": _template}
    if (keep := ways.get(connections[DEFAULT_DB_ALIAS].vendor)) is None:
        return
    with override_settings(MIGRATION_MODULES={app.label: None for app in apps.get_app_configs()}):
        made = setup_databases(verbosity=0, interactive=False)
        _prepared = keep(connections[DEFAULT_DB_ALIAS])
        teardown_databases(made, verbosity=0)
        # Django leaves a connection to memory open, and SQLite wants none carried over a fork.
        # https://www.sqlite.org/howtocorrupt.html#_carrying_an_open_database_connection_across_a_fork_
        connections[DEFAULT_DB_ALIAS].close()


def _image(connection: BaseDatabaseWrapper) -> bytes:
    """Return all of a database of SQLite."""
    connection.ensure_connection()
    image: bytes = connection.connection.serialize()
    return image


def _template(connection: BaseDatabaseWrapper) -> str:
    """Copy a database of PostgreSQL, and let Django make each further one from the copy."""
    name = connection.settings_dict["NAME"]
    template = f"{name}_template"
    connection.close()  # PostgreSQL copies no database that somebody is connected to
    quote = connection.ops.quote_name
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {quote(template)} WITH TEMPLATE {quote(name)}")
    connection.settings_dict["TEST"]["TEMPLATE"] = template
    return template


def _restore(command: BaseCommand, *args: object, database: str, **options: object) -> None:
    """Do what the command does for a new database, with what `prepare` has made."""
    if not isinstance(_prepared, bytes):
        return  # PostgreSQL has made the database as a copy
    connection = connections[database]
    connection.ensure_connection()
    with contextlib.closing(sqlite3.connect(":memory:")) as template:
        template.deserialize(_prepared)
        template.backup(connection.connection)


def use(patch: pytest.MonkeyPatch) -> None:
    """Let ``migrate``, while *patch* lasts, do with what has been prepared, if anything has."""
    kept_as = {"sqlite": bytes, "postgresql": str}.get(connections[DEFAULT_DB_ALIAS].vendor)
    if kept_as is not None and isinstance(_prepared, kept_as):
        patch.setattr("django.core.management.commands.migrate.Command.handle", _restore)


def emptied() -> bool:
    """Empty a database of PostgreSQL; tell whether it is one, and has the tables of all models.

    Django's ``flush`` truncates, which gives each table new files: 50 times as long for a few rows.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql":
        return False
    names = connection.introspection.django_table_names(include_views=False)
    try:
        # In one transaction: at its end PostgreSQL looks at the foreign keys that Django makes.
        with transaction.atomic(), connection.cursor() as cursor:
            # All at once: one by one they wait longer for each other's answers than they take.
            cursor.execute(
                ";".join(f"DELETE FROM {connection.ops.quote_name(name)}" for name in names)  # noqa: S608
            )
    except ProgrammingError:  # no such table
        return False
    return True
