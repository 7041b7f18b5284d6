"""`dojo doctor`: on a sound machine all is well; what is broken is named, with a remedy."""

import json
import shutil
import sqlite3
import sys
import tempfile
from collections import namedtuple
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
import watchfiles

from dojo import cli, doctor, interpreters, runner, trial
from dojo.cli import doctor as command
from dojo.cli import screen
from dojo.doctor import Finding
from dojo.interpreters import Found
from tests.dojo.house import CLONE, KATA, House

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]

Capture = pytest.CaptureFixture[str]
# Blocks what is not in the standard library.
BARE = """
import sys
for name in ("asgiref", "django", "filelock", "packaging", "pytest", "rich", "tox", "watchfiles"):
    sys.modules[name] = None
from dojo.cli import main
sys.exit(main())
"""
Usage = namedtuple("Usage", "total used free")


def look(check: doctor.Check, root: Path) -> Finding:
    """Make one check that finds one thing, or return the first that is not ok."""
    found = doctor.guarded(check, root)
    return next((finding for finding in found if finding.state != "ok"), found[0])


def test_all_is_well(house: House, capsys: Capture) -> None:
    """Nothing is bad here; the files of the checks are gone again."""
    house.furnish()
    shutil.copy(CLONE / "tox.ini", house.root)
    before = sorted(path for path in house.root.rglob("*") if path.name != "__pycache__")

    assert cli.main(["doctor"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "All is well."
    states = {line[:4].strip() for line in lines[:-2]}
    assert states <= {"ok", "note", ""}
    text = "\n".join(lines)
    for words in ("CPython 3.", "django ", "1 in ", "0 solved", "an hour of simulated time in a"):
        assert words in text
    after = sorted(path for path in house.root.rglob("*") if path.name != "__pycache__")
    assert set(after) - set(before) == {house.root / ".dojo"}


def test_a_program_can_read_it(house: House, capsys: Capture) -> None:
    """With `--json`, and an exit code that says whether something is bad."""
    house.furnish()
    house.write_metadata(title=None)
    house.write(".dojo/progress.json", "{")
    house.write("katas/config/settings.py", "raise RuntimeError('broken')\n")

    assert cli.main(["doctor", "--json"]) == 2

    table = json.loads(capsys.readouterr().out)
    bad = {one["check"]: one for one in table["checks"] if one["state"] == "bad"}
    assert table["ok"] is False
    assert bad["katas"]["fact"] == f"katas/{KATA}/kata.toml: `title` is missing."
    assert bad["katas"]["remedy"] == "Add `title = …`."
    assert "your progress can't be read" in bad["your progress"]["fact"]
    assert "the trial fails in a fresh process: " in bad["measuring"]["fact"]
    assert "broken" in bad["measuring"]["fact"]


def test_it_works_where_nothing_is_installed(house: House) -> None:
    """What can't be checked is a finding; the rest is checked all the same."""
    ended = house.dojo("doctor", code=BARE)

    assert ended.code == 2, ended.err
    assert ended.err == ""
    assert "it could not be checked: ModuleNotFoundError: " in ended.out
    assert "`python3 -m dojo` sets `.venv` up" in ended.out
    assert "0 solved, 0 begun" in ended.out
    assert "need mending" in ended.out


def test_a_check_that_breaks_is_a_finding(tmp_path: Path) -> None:
    """Also in the middle; what it has found until then is not lost."""

    def broken_check(root: Path) -> Iterator[Finding]:
        yield Finding("one", "ok", "fine")
        raise ZeroDivisionError("oh")

    found = doctor.examine(tmp_path, [broken_check, doctor.your_progress])

    assert [(one.check, one.state) for one in found] == [
        ("one", "ok"),
        ("broken check", "bad"),
        ("your progress", "ok"),
    ]
    assert found[1].fact == "it could not be checked: ZeroDivisionError: oh"


def test_python_and_packages(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too old, not tested, missing, too new."""
    house.furnish()
    house.change("pyproject.toml", ">=3.11", ">=3.99")
    assert look(doctor.python, house.root).state == "bad"
    assert ">=3.99 is needed" in look(doctor.python, house.root).fact
    house.change("pyproject.toml", ">=3.99", ">=3.11")
    house.write("tox.ini", "[tox]\nenv_list =\n    py39-dj52\n")
    assert look(doctor.python, house.root).state == "note"
    assert look(doctor.python, house.root).fact.endswith("; tested are 3.9")

    house.change("pyproject.toml", "django>=5.2,<6.2", "django>=99")
    found = look(doctor.packages, house.root)
    assert (found.check, found.state) == ("django", "bad")
    assert found.fact == f"{metadata.version('django')}; >=99 is needed"
    house.change("pyproject.toml", "django>=99", "no-such-thing>=1")
    found = look(doctor.packages, house.root)
    assert found.fact == "not installed; >=1 is needed"
    assert found.remedy == doctor.INSTALL

    house.remove("pyproject.toml")
    assert "FileNotFoundError" in look(doctor.packages, house.root).fact


def test_no_katas(tmp_path: Path) -> None:
    """The folder is empty, or none at all."""
    assert "katas/chapters.toml: the file is missing" in look(doctor.katas, tmp_path).fact


def test_databases(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """An old SQLite, and folders in which nothing can be written."""
    house.write("file", "")
    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "gettempdir", lambda: str(house.root / "file"))
        found = look(doctor.sqlite, house.root)
    assert (found.check, found.state) == ("database in the temp folder", "bad")
    assert "set TMPDIR to another folder" in found.remedy

    house.remove(".dojo")
    house.write(".dojo", "")
    assert look(doctor.sqlite, house.root).check == "database in the dojo's folder"

    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 1, 0))
    assert look(doctor.sqlite, house.root).check == "sqlite"


def test_what_the_dojo_does_without(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """PostgreSQL, git, other Pythons: notes, none of them bad."""
    house.write("tox.ini", "[tox]\nenv_list =\n    py311-dj52\n    py312-dj60\n")
    assert look(doctor.git, house.root).fact == f"{house.root} is not a clone"
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(doctor, "has", lambda module: False)
    monkeypatch.setattr(interpreters, "find", lambda wanted: Found((), ()))

    found = [look(check, house.root) for check in (doctor.postgresql, doctor.git, doctor.pythons)]

    assert {one.state for one in found} == {"note"}
    assert [one.fact for one in found[1:]] == [
        "not installed",
        "tox is not installed; missing: 3.11, 3.12",
    ]
    assert "pip install -e '.[postgres]'" in found[0].remedy


def test_saves_that_nobody_notices(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The remedy is to look again and again."""

    def deaf(*args: object, **options: object) -> Iterator[set[object]]:
        while True:
            yield set()

    monkeypatch.setattr(doctor, "EVENT_PATIENCE_S", 60)
    assert look(doctor.file_events, house.root).state == "ok"
    monkeypatch.setattr(doctor, "EVENT_PATIENCE_S", 0.1)
    monkeypatch.setattr(watchfiles, "watch", deaf)
    found = look(doctor.file_events, house.root)

    assert found.state == "note"
    assert found.remedy.startswith("`dojo` looks at the files by itself")
    assert "For `dojo serve`, set WATCHFILES_FORCE_POLLING=1" in found.remedy
    assert not [*(house.root / "katas").glob(".doctor*")]


@pytest.mark.parametrize(("free", "state"), [(2e9, "ok"), (5e8, "note"), (5e7, "bad")])
def test_room_on_the_disk(
    house: House, monkeypatch: pytest.MonkeyPatch, free: float, state: str
) -> None:
    """Little is a note, next to nothing is bad."""
    monkeypatch.setattr(shutil, "disk_usage", lambda place: Usage(1e12, 0, free))

    assert look(doctor.disk, house.root).state == state


def test_where_there_is_no_fork(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are slower there; no more than that."""
    house.furnish()
    monkeypatch.setattr(runner, "CAN_FORK", False)

    found = doctor.guarded(trial.measuring, house.root)

    assert [(one.check, one.state) for one in found] == [("measuring", "ok"), ("fork", "note")]


def test_the_terminal(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without UTF-8 nothing can be read; without colours or width it can."""

    class Out:
        encoding = "utf-8"

        def isatty(self) -> bool:
            return True

        def write(self, text: str) -> int:
            return len(text)

        def flush(self) -> None:
            pass

    monkeypatch.setattr(sys, "stdout", Out())
    monkeypatch.setattr(sys, "stdin", Out())
    monkeypatch.setattr(screen, "console", lambda: screen.Screen(width=100))
    assert look(command.terminal, house.root).state == "ok"
    monkeypatch.setenv("NO_COLOR", "1")
    assert "no (NO_COLOR is set) colours" in look(command.terminal, house.root).fact
    monkeypatch.setattr(screen, "console", lambda: screen.Screen(width=60))
    assert look(command.terminal, house.root).state == "note"
    monkeypatch.setattr(Out, "encoding", "ascii")
    found = look(command.terminal, house.root)
    assert found.state == "bad"
    assert "PYTHONUTF8=1" in found.remedy
