"""``python3 -m dojo``: where it runs the command, and what it says to an old Python."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path

import pytest

from dojo import bootstrap, interpreters
from tests.dojo.house import CLONE
from tests.dojo.machine import Machine

# Real processes on a busy machine: five seconds, which suites get, may be too few.
pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Make a machine on which nothing has been set up."""
    return Machine.make(tmp_path)


def test_the_second_run_installs_nothing_and_says_nothing(machine: Machine) -> None:
    machine.run()
    ended = machine.run()

    assert (ended.code, ended.err) == (7, "")
    assert len(machine.calls) == 1


def test_it_starts_by_path_from_another_folder(machine: Machine) -> None:
    (machine.folder / "dojo.py").write_text("raise SystemExit('another dojo')")

    for _ in range(2):  # first with a set-up, then without
        ended = machine.run("clone/dojo", "x", cwd=".")
        assert ended.out == f"dojo x in {machine.venv}\n"


def test_it_starts_from_another_folder_by_pythonpath(machine: Machine) -> None:
    ended = machine.run(cwd="bin", PYTHONPATH=str(machine.clone))

    assert ended.out == f"dojo list in {machine.venv}\n"


def test_an_interpreter_that_has_everything_is_used_as_it_is(machine: Machine) -> None:
    ended = machine.run(python=(sys.executable,))

    assert ended.out == f"dojo list in {sys.prefix}\n"
    assert not machine.venv.exists()


def test_each_dependency_is_named_after_its_module() -> None:
    names = bootstrap.modules(bootstrap.read_dependencies())

    assert names
    assert [name for name in names if not importlib.util.find_spec(name)] == []


@pytest.mark.parametrize("name", ["__init__.py", "__main__.py"])
def test_an_old_python_can_read(name: str) -> None:
    ast.parse((CLONE / "dojo" / name).read_text(), feature_version=(3, 6))


OLD = (
    "import glob, runpy, sys; sys.version_info = (3, 8, 10, 'final', 0); {}; "
    "sys.argv = ['dojo', 'list', 'a b']; runpy.run_path('dojo', run_name='__main__')"
)


def test_an_old_python_names_a_newer_one_that_works(machine: Machine) -> None:
    shim = machine.add_program("python3.13", "#!/bin/sh\nexit 127\n")
    other = machine.folder / "other"
    other.mkdir()
    (other / "python3.13").write_text("#!/bin/sh\nexit 0\n")
    (other / "python3.13").chmod(0o755)
    ended = machine.run("-c", OLD.format("pass"), PATH=f"{shim.parent}:{other}")

    assert ended.code == 2
    assert "This is Python 3.8.10" in ended.err
    assert "3.11 or later" in ended.err
    assert f"    {other}/python3.13 -m dojo list 'a b'\n" in ended.err


def test_an_old_python_says_what_to_install_where_there_is_no_newer_one(machine: Machine) -> None:
    ended = machine.run("-c", OLD.format("glob.glob = lambda pattern: []"))

    assert ended.code == 2
    assert "None was found on this machine. Install one" in ended.err


@pytest.mark.setup
@pytest.mark.timeout(60)
def test_every_old_python_of_this_machine_gets_the_message(machine: Machine) -> None:
    for old in interpreters.find([(3, minor) for minor in range(6, 11)]).working:
        ended = machine.run(python=(str(old.path),))
        assert (ended.code, "3.11 or later" in ended.err) == (2, True), old


def test_an_environment_with_an_old_python_is_left_alone(machine: Machine) -> None:
    (machine.venv / "bin").mkdir(parents=True)
    python = machine.venv / "bin/python"
    python.write_text("#!/bin/sh\nprintf 'cpython False 3 9 18\\n/usr/bin/python3.9\\n'\n")
    python.chmod(0o755)
    ended = machine.run()

    assert ended.code == 2
    assert f"{machine.venv} was made with Python 3.9.18" in ended.err
    assert machine.calls == []


def test_a_pyproject_that_does_not_parse_is_named(machine: Machine) -> None:
    (machine.clone / "pyproject.toml").write_text("<<<<<<< HEAD\n")
    ended = machine.run()

    assert ended.code == 2
    assert f"{machine.clone / 'pyproject.toml'}: this is no TOML" in ended.err
