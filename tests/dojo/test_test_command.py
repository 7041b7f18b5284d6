"""``dojo test``: what it runs, what it says, what it answers; tox is a script that plays along."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from dojo import cli, interpreters
from dojo.interpreters import Broken, Found, Interpreter

TOX_INI = "[tox]\nno_package = true\nenv_list =\n    py311-dj52\n    py312-dj60\n    lint\n"
# Takes the place of `python -m tox`: writes down its words and reports what the test says.
TOX = """#!{python}
import json, os, sys
words = sys.argv[1:]
with open({folder!r} + "/words.json", "w") as file:
    json.dump([*words, os.getcwd(), os.environ["UV_PYTHON_DOWNLOADS"]], file)
print("tox at work")
failing = {failing!r}
names = words[words.index("-e") + 1].split(",")
results = {{name: {{"result": {{"success": name != failing, "duration": 1.25}}}} for name in names}}
with open(words[words.index("--result-json") + 1], "w") as file:
    json.dump({{"testenvs": results}}, file)
"""
PYTHON_311 = Interpreter((3, 11, 7), Path("/opt/python3.11"), "pyenv")
PYTHON_312 = Interpreter((3, 12, 1), Path("/opt/python3.12"), "uv")
BROKEN_312 = Broken((3, 12), Path("/opt/python3.12"), "uv", "exit code 127")


class Bench:
    """A clone with a tox.ini, a tox and the interpreters that the test asks for."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.monkeypatch = monkeypatch
        (folder / "katas").mkdir()
        (folder / "katas/chapters.toml").touch()
        (folder / "solutions/k101_double/answer").mkdir(parents=True)
        (folder / "tox.ini").write_text(TOX_INI)
        monkeypatch.chdir(folder)
        monkeypatch.delenv("CI", raising=False)
        self.install(PYTHON_311, PYTHON_312)
        self.tox()

    def install(self, *working: Interpreter, broken: tuple[Broken, ...] = ()) -> None:
        """Let these be the interpreters of the machine."""
        self.monkeypatch.setattr(interpreters, "find", lambda minors: Found(working, broken))

    def tox(self, *, failing: str = "", script: str = TOX) -> None:
        """Let tox report all environments as passed but *failing*."""
        path = self.folder / "python"
        path.write_text(script.format(python=REAL_PYTHON, folder=str(self.folder), failing=failing))
        path.chmod(0o755)
        self.monkeypatch.setattr(sys, "executable", str(path))

    @property
    def words(self) -> list[str]:
        """What tox was called with, then its folder and UV_PYTHON_DOWNLOADS."""
        return list(json.loads((self.folder / "words.json").read_text()))


REAL_PYTHON = sys.executable


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Make a bench where everything is there and passes."""
    return Bench(tmp_path, monkeypatch)


def test_every_environment_is_run_with_every_interpreter_found(bench: Bench) -> None:
    assert cli.main(["test"]) == 0
    words = " ".join(bench.words)

    assert words.startswith("-m tox run-parallel --parallel auto ")
    assert " -e py311-dj52,py312-dj60,lint " in words
    assert " --skip-missing-interpreters=false " in words
    assert " --discover /opt/python3.12 /opt/python3.11 -- " in words
    assert words.endswith(f"{bench.folder} never")


def test_it_ends_with_a_table_and_the_count(
    bench: Bench, capfd: pytest.CaptureFixture[str]
) -> None:
    bench.tox(failing="lint")

    assert cli.main(["test"]) == 1
    lines = [line.split() for line in capfd.readouterr().out.splitlines()]
    assert lines[-5:] == [
        ["environment", "result", "seconds"],
        ["py311-dj52", "passed", "1.2"],
        ["py312-dj60", "passed", "1.2"],
        ["lint", "failed", "1.2"],
        ["2", "passed,", "1", "failed"],
    ]


def test_a_missing_interpreter_is_named_before_and_after_and_is_no_failure(
    bench: Bench, capfd: pytest.CaptureFixture[str]
) -> None:
    bench.install(PYTHON_311)

    assert cli.main(["test"]) == 0
    before, _, after = capfd.readouterr().out.partition("tox at work")
    line = "NOT RUN  py312-dj60: no Python 3.12 on this machine."
    assert line in before.splitlines()
    assert line in after.splitlines()
    assert after.endswith("\n2 passed, 0 failed\n")
    assert "py311-dj52,lint" in bench.words


def test_a_broken_interpreter_is_named_with_the_reason(
    bench: Bench, capfd: pytest.CaptureFixture[str]
) -> None:
    bench.install(PYTHON_311, broken=(BROKEN_312,))

    assert cli.main(["test"]) == 0
    assert (
        "NOT RUN  py312-dj60: Python 3.12 does not work: /opt/python3.12 (uv): exit code 127."
        in capfd.readouterr().out.splitlines()
    )


def test_a_broken_interpreter_fails_in_ci(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CI", "true")
    bench.install(PYTHON_311, broken=(BROKEN_312,))

    assert cli.main(["test"]) == 1
    out = capfd.readouterr().out
    assert "FAILED  py312-dj60: Python 3.12 does not work" in out
    assert out.endswith("\n2 passed, 1 failed\n")


def test_a_broken_interpreter_beside_one_that_works_is_no_matter(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    bench.install(PYTHON_311, PYTHON_312, broken=(BROKEN_312,))

    assert cli.main(["test"]) == 0


def test_a_missing_interpreter_is_no_failure_in_ci(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    bench.install(PYTHON_311)

    assert cli.main(["test"]) == 0


def test_without_any_interpreter_for_the_tests_it_does_not_pass(
    bench: Bench, capfd: pytest.CaptureFixture[str]
) -> None:
    bench.install()

    assert cli.main(["test"]) == 2
    out = capfd.readouterr().out
    assert "Install Python 3.13, 3.12 or 3.11" in out
    assert out.endswith("\n1 passed, 0 failed\n")
    assert "--discover" not in bench.words


def test_environments_can_be_chosen_and_pytest_given_arguments(bench: Bench) -> None:
    assert cli.main(["test", "-r", "-e", "lint,py311-dj52", "--", "-k", "reset"]) == 0

    assert bench.words[bench.words.index("-e") + 1] == "py311-dj52,lint"
    assert "--recreate" in bench.words
    assert bench.words[-5:-2] == ["--", "-k", "reset"]


def test_lint_alone_needs_no_interpreter(bench: Bench) -> None:
    bench.install()

    assert cli.main(["test", "-e", "lint"]) == 0


def test_an_unknown_environment_leads_to_the_nearest(
    bench: Bench, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["test", "-e", "py312-dj6"]) == 2
    assert "Did you mean `py312-dj60`?" in capfd.readouterr().err


@pytest.mark.parametrize("text", [None, "<<<<<<< HEAD\n", "[testenv]\n"])
def test_a_tox_ini_that_cannot_be_read_is_named(
    bench: Bench, capfd: pytest.CaptureFixture[str], text: str | None
) -> None:
    path = bench.folder / "tox.ini"
    path.unlink() if text is None else path.write_text(text)

    assert cli.main(["test"]) == 2
    err = capfd.readouterr().err
    assert err.startswith(f"{path}: ")
    assert "tox.ini`" in err


def test_a_tox_that_falls_over_is_a_fault(bench: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    bench.tox(script="#!/bin/sh\nexit 5\n")

    assert cli.main(["test"]) == 3
    assert "tox ended with exit code 5 and left no report." in capfd.readouterr().err


def test_an_environment_that_tox_did_not_come_to_has_failed(bench: Bench) -> None:
    bench.tox(script=TOX.replace("for name in names", "for name in names[:1]"))

    assert cli.main(["test"]) == 1


@pytest.mark.setup
@pytest.mark.timeout(120)
def test_the_real_tox_plays_the_same_part(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.undo()
    monkeypatch.chdir(bench.folder)
    monkeypatch.delenv("CI", raising=False)
    here = f"py{sys.version_info.major}{sys.version_info.minor}"
    (bench.folder / "tox.ini").write_text(
        f"[tox]\nno_package = true\nenv_list =\n    {here}-good\n    {here}-bad\n    py397-none\n"
        "[testenv]\ncommands =\n"
        f'    {here}-good: python -c "raise SystemExit(0)"\n'
        # tox shows the output of what fails, at least.
        f"    {here}-bad: python -c \"print('{{posargs}}'); raise SystemExit(3)\"\n"
    )

    assert cli.main(["test", "--", "hello"]) == 1
    out = capfd.readouterr().out
    assert "\nhello\n" in out
    assert "NOT RUN  py397-none: no Python 3.97 on this machine." in out
    assert out.endswith("\n1 passed, 1 failed\n")
