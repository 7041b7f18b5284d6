"""Which database a test runs on: the settings', or what the test or the command line asks for.

``@pytest.mark.database("file")`` says what a test needs at least, and ``--db`` what a run should
use at least; the more capable of the two is taken, in the order of `KINDS`:

* ``memory``: as the settings say; for SQLite that is Django's shared in-memory database. Fast; but
  its connections cannot be closed, and it locks whole tables between threads.
* ``file``: SQLite in a file of the test's own, without waiting for the disk. For whatever goes
  through the ASGI application, and for what is about connections.
* ``rowlock``: the same with ``dojo.instruments.sqlite_rowlock``. For what is about locks.
* ``postgres``: a throw-away PostgreSQL for the whole session. Only by ``--db=postgres``.

A file is copied from the session's test database as pytest-django has made it, so all tests of one
session can have what they need, and a hung test keeps no lock on a later one's data. After a test
the in-memory database becomes a copy of it, too. A process that forks for sessions can make the
tables once for all of them: see `dojo.instruments.tables`.
"""

from __future__ import annotations

import copy
import functools
import itertools
import os
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import SimpleTestCase, TransactionTestCase

from dojo.instruments import patience, tables
from dojo.instruments.postgres import NoPostgres, Postgres, process_of

KINDS = ("memory", "file", "rowlock", "postgres")

# Nobody reads a test's database after a crash: do not wait for the disk.
OPTIONS = {
    "file": "PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY",
    # The file itself is in WAL mode: see `_write`.
    "rowlock": "PRAGMA synchronous=OFF",
}
ENGINES = {"file": "django.db.backends.sqlite3", "rowlock": "dojo.instruments.sqlite_rowlock"}
TIMEOUT_S = 20

_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}
_postgres = pytest.StashKey[Postgres]()
# Copies of the test databases of the sessions in this process, the present one's last.
_templates: list[sqlite3.Connection] = []
_numbers = itertools.count(1)
# The file of the test that runs, and those of tests that are over.
_present: set[str] = set()
_gone: set[str] = set()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--db``."""
    parser.getgroup("instruments").addoption(
        "--db",
        choices=KINDS,
        default="memory",
        help="run database tests on this kind of database, or on a more capable one that a test "
        "needs (default: %(default)s, as the settings say)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line(
        "markers", "database(kind): the least database that the test needs: file or rowlock"
    )


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start PostgreSQL, before anything that is collected can ask what the database is.

    Raises:
        pytest.UsageError: It cannot be started here; with the reason.
    """
    config = session.config
    if config.getoption("--db") != "postgres" or config.option.collectonly:
        return
    server = config.stash[_postgres] = Postgres()
    try:
        address = server.start()
    except NoPostgres as error:
        raise pytest.UsageError(f"--db=postgres: {error}") from None
    patience.servers.add(process_of(address))
    _replace(
        {
            **connections.settings[DEFAULT_DB_ALIAS],
            **address,
            "ENGINE": "django.db.backends.postgresql",
            "PASSWORD": "",
            "OPTIONS": {},
        }
    )


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop PostgreSQL."""
    if server := config.stash.get(_postgres, None):
        patience.servers.clear()
        server.stop()


_connect = BaseDatabaseWrapper.connect


@functools.wraps(_connect)
def _connect_to_what_is_there(self: BaseDatabaseWrapper) -> None:
    """Connect; in a thread that has outlived a test, to the present one's database."""
    present, former = connections.settings.get(self.alias, {}), self.settings_dict
    if former["NAME"] in _gone and former["ENGINE"] == present.get("ENGINE"):
        self.settings_dict = present
    _connect(self)


BaseDatabaseWrapper.connect = _connect_to_what_is_there  # type: ignore[method-assign]


_flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]


@functools.wraps(_flush)
def _make_as_before(self: TransactionTestCase) -> None:
    """Leave the next test the database as the first one found it; Django would only empty it.

    PostgreSQL's is emptied. A test's own file is thrown away as it is. ``post_migrate`` is not
    sent, as Django does with ``serialized_rollback``: with ``django.contrib.auth`` installed it
    would write the permissions of every model, after each test.
    """
    name = connections.settings[DEFAULT_DB_ALIAS]["NAME"]
    if self.available_apps is not None:
        _flush(self)
    elif not (name in _present or _restored() or tables.emptied()):
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)


TransactionTestCase._fixture_teardown = _make_as_before  # type: ignore[attr-defined]


def _restored() -> bool:
    """Put the in-memory database back; tell whether there is one, and nobody holds a lock on it."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "sqlite" or not _templates:
        return False
    connection.ensure_connection()
    try:
        _templates[-1].backup(connection.connection)
    except sqlite3.OperationalError:
        return False
    return True


def _replace(database: dict[str, Any]) -> None:
    connections.settings[DEFAULT_DB_ALIAS] = database
    settings.DATABASES[DEFAULT_DB_ALIAS] = database
    # This thread's connection was made for the old one.
    del connections[DEFAULT_DB_ALIAS]


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Keep a copy of the session's test database as it is when pytest-django has made it."""
    if fixturedef.argname != "django_db_setup":
        return (yield)
    with pytest.MonkeyPatch.context() as patch:
        tables.use(patch)
        result = yield
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "sqlite":
        with request.getfixturevalue("django_db_blocker").unblock():
            connection.ensure_connection()
        template = sqlite3.connect(":memory:")
        connection.connection.backup(template)
        _templates.append(template)
        request.config.add_cleanup(lambda: _templates.remove(template))
        request.config.add_cleanup(template.close)
    return result


def kind_of(item: pytest.Item) -> str:
    """Return the kind of database that *item* is to run on.

    Raises:
        pytest.UsageError: The marker names something else.
    """
    marker = item.get_closest_marker("database")
    least: str = marker.args[0] if marker and marker.args else "memory"
    if least not in KINDS[:-1]:
        raise pytest.UsageError(
            f"{item.nodeid}: database({least!r}): write one of {', '.join(KINDS[:-1])}"
        )
    chosen: str = item.config.getoption("--db")
    return max(least, chosen, key=KINDS.index)


def _uses_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or not _FIXTURES.isdisjoint(fixtures)


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """The kind of database that this test runs on: memory, file, rowlock or postgres."""
    return kind_of(request.node)


@pytest.fixture(autouse=True)
def _database(request: pytest.FixtureRequest) -> Iterator[None]:
    """Put the test on a database of the kind that it needs, before pytest-django opens it."""
    kind = kind_of(request.node)
    test_class = getattr(request.node, "cls", None)
    # Django's own test cases have begun their transaction by now, on the database of the session.
    own = isinstance(test_class, type) and issubclass(test_class, SimpleTestCase)
    if not own and not _uses_database(request.node):
        with _none_open():
            yield
        return
    if kind not in ENGINES or own:
        yield
        return
    request.getfixturevalue("django_db_setup")
    if not _templates:
        pytest.fail(f"a database of kind {kind} is copied from SQLite, and this one is not")
    # pytest clears its folders away some runs later, should this run be killed.
    folder = request.getfixturevalue("tmp_path_factory").getbasetemp()
    with _copied(_templates[-1], kind, folder):
        yield


@contextmanager
def _none_open() -> Iterator[None]:
    """Put this thread's open connections aside: the test finds none, as if it ran alone.

    An in-memory database stays open when its tests are over, and at the end of a request Django
    asks each open connection whether it is still good: pytest-django takes that for a query.
    """
    aside = {one.alias: one for one in connections.all(initialized_only=True) if one.connection}
    for alias in aside:
        del connections[alias]
    try:
        yield
    finally:
        for alias, connection in aside.items():
            connections[alias] = connection


@contextmanager
def _copied(template: sqlite3.Connection, kind: str, folder: Path) -> Iterator[None]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    path = folder / f"{kind}-{os.getpid()}-{worker}-{next(_numbers)}.sqlite3"
    file = _write(template, kind, path)
    _present.add(str(path))
    ours = connections[DEFAULT_DB_ALIAS]
    before = connections.settings[DEFAULT_DB_ALIAS]
    _replace(
        {
            **copy.deepcopy(before),
            "ENGINE": ENGINES[kind],
            "NAME": str(path),
            "OPTIONS": {"timeout": TIMEOUT_S, "init_command": OPTIONS[kind]},
        }
    )
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS].close()
        _replace(before)
        # The connection of this thread keeps the in-memory database alive.
        connections[DEFAULT_DB_ALIAS] = ours
        _present.remove(str(path))
        _gone.add(str(path))
        file.close()
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)


def _write(template: sqlite3.Connection, kind: str, path: Path) -> sqlite3.Connection:
    """Write the file; return a connection to it, to be kept open until the test is over."""
    file = sqlite3.connect(path)
    file.execute("PRAGMA synchronous=OFF")
    template.backup(file)
    if kind == "rowlock":
        # Readers and the writer do not wait for each other in this mode. It is set here, once,
        # because a connection that sets it while another one reads is told "database is locked" at
        # once, whatever its timeout; so is one that opens a file whose last connection is closing.
        # https://www.sqlite.org/wal.html#sometimes_queries_return_sqlite_busy_in_wal_mode
        file.execute("PRAGMA journal_mode=WAL")
    return file
