"""The search for interpreters, among small scripts that answer as a Python would."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from dojo import interpreters
from dojo.interpreters import Broken, Found, Interpreter

# No machine has these: whatever is found is one of the scripts below.
OLD, NEW = (3, 97), (3, 98)
ANSWER = "#!/bin/sh\nprintf '{} {} 3 {} {}\\n%s\\n' \"$0\"\n"


def add_python(
    path: Path, minor: int, micro: int = 0, *, name: str = "cpython", free: bool = False
) -> Path:
    """Make a script that says it is Python 3.*minor*."""
    return add_script(path, ANSWER.format(name, free, minor, micro))


def add_script(path: Path, text: str) -> Path:
    """Make an executable script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def empty_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide this machine: an empty HOME, an empty PATH, no other Python beside this one."""
    for variable in ("PYENV_ROOT", "UV_PYTHON_INSTALL_DIR", "ASDF_DATA_DIR", "MISE_DATA_DIR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(interpreters, "SYSTEM_FOLDERS", ())
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path / "store/3.12.1"))


def test_the_interpreter_that_runs_this_is_found() -> None:
    found = interpreters.find([sys.version_info[:2]])

    assert sys.version_info[:3] in {python.version for python in found.working}


def test_one_on_path_is_found(tmp_path: Path) -> None:
    path = add_python(tmp_path / "bin/python3.98", 98, 2)

    assert interpreters.find([NEW]) == Found((Interpreter((3, 98, 2), path, "PATH"),), ())


def test_one_on_path_is_found_by_what_it_answers(tmp_path: Path) -> None:
    path = add_python(tmp_path / "bin/python3", 98)

    assert interpreters.find([NEW]).best(NEW) == Interpreter((3, 98, 0), path, "PATH")


@pytest.mark.parametrize(
    ("source", "folder"),
    [
        ("pyenv", "home/.pyenv/versions/3.98.1"),
        ("uv", "home/.local/share/uv/python/cpython-3.98.1-linux-x86_64-gnu"),
        ("asdf", "home/.asdf/installs/python/3.98.1"),
        ("mise", "home/.local/share/mise/installs/python/3.98"),
        ("beside this Python", "store/3.98-dev"),
    ],
)
def test_one_that_a_tool_has_installed_is_found(tmp_path: Path, source: str, folder: str) -> None:
    path = add_python(tmp_path / folder / "bin/python3", 98, 1)

    assert interpreters.find([NEW]).working == (Interpreter((3, 98, 1), path, source),)


@pytest.mark.parametrize(
    ("variable", "folder"),
    [
        ("PYENV_ROOT", "versions/3.98.1"),
        ("UV_PYTHON_INSTALL_DIR", "cpython-3.98.1-linux-x86_64-gnu"),
        ("ASDF_DATA_DIR", "installs/python/3.98.1"),
        ("MISE_DATA_DIR", "installs/python/3.98.1"),
    ],
)
def test_a_tools_own_variable_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, folder: str
) -> None:
    path = add_python(tmp_path / "elsewhere" / folder / "bin/python3", 98, 1)
    monkeypatch.setenv(variable, str(tmp_path / "elsewhere"))

    assert [python.path for python in interpreters.find([NEW]).working] == [path]


def test_of_several_the_newest_is_best_and_all_are_named(tmp_path: Path) -> None:
    for micro in (9, 10, 2):
        add_python(tmp_path / f"home/.pyenv/versions/3.98.{micro}/bin/python3", 98, micro)
    found = interpreters.find([OLD, NEW])

    assert [python.version for python in found.working] == [(3, 98, 2), (3, 98, 9), (3, 98, 10)]
    assert found.best(NEW) == found.working[-1]
    assert found.best(OLD) is None


def test_one_interpreter_with_two_names_counts_once(tmp_path: Path) -> None:
    path = add_python(tmp_path / "home/.pyenv/versions/3.98.1/bin/python3", 98)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python3.98").symlink_to(path)

    assert len(interpreters.find([NEW]).working) == 1


def test_other_versions_are_left_out(tmp_path: Path) -> None:
    add_python(tmp_path / "home/.pyenv/versions/3.97.1/bin/python3", 97)

    assert interpreters.find([NEW]) == Found((), ())


@pytest.mark.parametrize(("name", "free"), [("pypy", False), ("cpython", True)])
def test_neither_pypy_nor_a_free_threaded_python_is_taken(
    tmp_path: Path, name: str, free: bool
) -> None:
    add_python(tmp_path / "bin/python3.98", 98, name=name, free=free)

    assert interpreters.find([NEW]) == Found((), ())


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("#!/bin/sh\necho 'no such library' >&2; exit 127\n", "exit code 127: no such library"),
        ("#!/bin/sh\nexit 1\n", "exit code 1: it says nothing"),
        ("#!/bin/sh\necho hello\n", "it answers 'hello\\n', which no Python says"),
        ("#!/nowhere/sh\n", "No such file or directory"),
    ],
)
def test_one_that_does_not_work_is_named_with_the_reason(
    tmp_path: Path, script: str, reason: str
) -> None:
    path = add_script(tmp_path / "bin/python3.98", script)

    assert interpreters.find([NEW]) == Found((), (Broken(NEW, path, "PATH", reason),))


def test_one_that_is_not_executable_is_named(tmp_path: Path) -> None:
    add_python(tmp_path / "bin/python3.98", 98).chmod(0o644)

    assert interpreters.find([NEW]).broken[0].reason == "Permission denied"


def test_a_link_to_one_that_is_gone_is_named(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python3.98").symlink_to("/nowhere/python3.98")

    assert interpreters.find([NEW]).broken[0].reason == "No such file or directory"


def test_a_version_folder_without_an_interpreter_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "home/.pyenv/versions/3.98.1"
    folder.mkdir(parents=True)
    found = interpreters.find([NEW])

    assert found.broken == (
        Broken(NEW, folder / "bin/python3", "pyenv", "No such file or directory"),
    )


def test_one_that_never_answers_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreters, "PATIENCE_S", 0.1)
    pipe = tmp_path / "bin/python3.98"
    # Nobody ever writes to a pipe of one's own.
    add_script(pipe, f'#!/bin/sh\nexec 3<>"{tmp_path}/pipe"; read -r never <&3\n')
    os.mkfifo(tmp_path / "pipe")

    assert interpreters.find([NEW]).broken[0].reason == "no answer in 0.1 s"


def test_a_shim_that_fails_proves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_script(tmp_path / "shims/python3.98", "#!/bin/sh\nexit 127\n")
    monkeypatch.setenv("PATH", str(tmp_path / "shims"))

    assert interpreters.find([NEW]) == Found((), ())


def test_a_shim_that_works_leads_to_the_interpreter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = add_python(tmp_path / "somewhere/python3.98", 98)
    add_script(tmp_path / "shims/python3.98", f'#!/bin/sh\nexec "{path}" "$@"\n')
    monkeypatch.setenv("PATH", str(tmp_path / "shims"))

    assert [python.path for python in interpreters.find([NEW]).working] == [path]


def test_settings_of_the_parent_are_not_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHOME", str(tmp_path))

    assert interpreters.ask(Path(sys.executable))[0] == sys.version_info[:3]
