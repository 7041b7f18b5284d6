"""The command line: a learner's way through the katas, and a clear word for all that goes wrong."""

import contextlib
import io
import os
import re
import signal
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest

from dojo import cli, progress
from dojo.cli import screen
from tests.dojo.conftest import Build, forks
from tests.dojo.house import KATA, SOLVED, STUB, Ended, House, end, side_by_side, views
from tests.dojo.terminal import Terminal

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]

VIEWS = f"katas/{KATA}/views.py"
TOML = f"katas/{KATA}/kata.toml"
OTHER = "k102_other"
Capture = pytest.CaptureFixture[str]


def modes(house: House, mode: int) -> None:
    """Set the mode of all folders of the house."""
    for folder, _, _ in os.walk(house.root):
        os.chmod(folder, mode)


@pytest.mark.usefixtures("in_forks")
def test_a_learner_goes_from_kata_to_kata(house: House, capsys: Capture) -> None:
    """First failure and file to edit; solved, the next comes up; all solved, and it is over."""
    house.add_kata(OTHER, solutions=False)
    house.add_kata("k103_later", solutions=False)
    house.write_metadata("k103_later", django=">=9", title="Later")

    assert cli.main([]) == 1
    assert capsys.readouterr().out == (
        "k101 Double · 0 of 2 pass\n"
        f"brief katas/{KATA}/README.md\n"
        f"edit  {VIEWS}\n"
        "\n"
        "FAIL  Twice the number comes back. (task 1)\n"
        "      NotImplementedError: task 1: double it\n"
        f'      at {VIEWS}:6: raise NotImplementedError("task 1: double it")\n'
        "\n"
        "1 more after this one: `python3 -m dojo run k101 --all` shows all.\n"
    )
    assert cli.main(["run", "k101", "--all"]) == 1
    out = capsys.readouterr().out
    assert out.count("FAIL  ") == 2
    assert "more after this one" not in out

    house.write(VIEWS, SOLVED)
    assert cli.main([]) == 1
    out = capsys.readouterr().out
    assert out.startswith("k101 Double · 2 of 2 pass\nPASS  All tests of this kata pass.\n\nk102")
    assert f"edit  katas/{OTHER}/views.py" in out

    assert cli.main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("1 · First views")
    assert re.fullmatch(r"  ✓ k101  Double +core +5 min  solved", lines[1])
    assert re.fullmatch(r"  > k102  Double +core +5 min  you are here", lines[2])
    assert re.fullmatch(r"  - k103  Later +core +5 min  needs Django >=9; this is .*", lines[3])
    assert lines[-1] == "██████████░░░░░░░░░░░░░░░░░░░░ 1 of 3 solved"

    house.write(f"katas/{OTHER}/views.py", SOLVED)
    house.append(f"tests/{KATA}/test_views.py", "\n# Changed.\n")
    assert cli.main(["--once"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("k102 Double · 2 of 2 pass")
    assert "Left out: k103 needs Django >=9" in out
    assert out.endswith("All 2 katas are solved.\n")

    assert cli.main(["list"]) == 0
    assert "? k101" in (out := capsys.readouterr().out)
    assert "check again: its suite has changed" in out


def test_one_kata_can_be_run_out_of_turn(house: House, capsys: Capture) -> None:
    """A pass counts, and the learner stays where they are."""
    house.furnish()
    house.add_kata(OTHER, solutions=False)
    house.write(f"katas/{OTHER}/views.py", SOLVED)

    assert cli.main(["run", "other"]) == 0
    assert cli.main(["list"]) == 0
    out = capsys.readouterr().out

    assert out.startswith("k102 Double · 2 of 2 pass")
    assert re.search(r"> k101 .* you are here\n  ✓ k102 .* solved\n", out)


def test_what_a_learner_prints_is_shown_below_the_failure(house: House, capsys: Capture) -> None:
    """The last lines of it: printing is how most people look inside."""
    house.furnish()
    house.write(VIEWS, views(double="[print(f'line {n}') for n in range(20)] and None"))

    assert cli.main(["--once"]) == 1

    below = capsys.readouterr().out.partition("printed while it ran:\n")[2].splitlines()
    assert below[:3] == ["      …", "      line 10", "      line 11"]
    assert below[10] == "      line 19"


@pytest.fixture(scope="module")
def broken(build: Build) -> Mapping[str, Ended]:
    """`dojo` on many answers that can't work."""
    answers = {
        "syntax": "async def double(number:\n    return 1\n",
        "import": "import numpie\n",
        "hang": views(double="[0 for _ in iter(int, 1)]"),
        "exit": "import sys\n\nsys.exit()\n",
        "dies": "import os\n\n\n" + views(double="os._exit(0)"),
        "megabytes": "import os\n\nprint('x' * 5_000_000)\nos.write(1, b'y' * 5_000_000)\n"
        + views(double="'z' * 5_000_000"),
        "name": SOLVED.replace("total", "totally"),
    }
    house = build()
    house.limit_tests(1)
    ended = {}
    with pytest.MonkeyPatch.context() as patch, forks(house.root):
        patch.chdir(house.root)
        for name, text in answers.items():
            house.write(VIEWS, text)
            if name == "name":
                imports = f"\n\nfrom katas.{KATA}.views import total\n"
                house.append(f"tests/{KATA}/test_views.py", imports)
            ended[name] = once()
    return ended


def once() -> Ended:
    """Run `dojo` where no terminal is, in this process."""
    said = [io.BytesIO(), io.BytesIO()]
    out, err = (io.TextIOWrapper(each, "utf-8", write_through=True) for each in said)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main([])
    printed, complained = (each.getvalue().decode() for each in said)
    return Ended(code, printed, complained)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("syntax", ["STOP  The tests could not start.", "SyntaxError: '(' was never closed"]),
        ("syntax", ["      async def double(number:", f"at {VIEWS}:1"]),
        ("import", ["STOP", "ModuleNotFoundError: No module named 'numpie'", f"at {VIEWS}:1"]),
        ("name", ["STOP", "ImportError: cannot import name 'total'", VIEWS]),
        ("hang", ["TIMEOUT  Twice the number comes back. (task 1)", VIEWS]),
        ("exit", ["STOP", "SystemExit", f"at {VIEWS}:3: sys.exit()"]),
        ("dies", ["CRASHED  Twice the number", "The process ended during this test, with exit"]),
        ("megabytes", ["FAIL  Twice the number comes back.", "double(21) is zzz", "characters"]),
    ],
)
def test_an_answer_that_can_not_work_is_shown_with_its_reason(
    broken: Mapping[str, Ended], name: str, lines: list[str]
) -> None:
    """One failure, the file to edit, exit code 1, and no traceback of ours."""
    ended = broken[name]

    assert (ended.code, ended.err) == (1, ""), ended
    assert f"\nedit  {VIEWS}\n" in ended.out
    for line in lines:
        assert line in ended.out
    assert "Traceback" not in ended.out
    assert len(ended.out) < 20_000


def test_a_long_line_keeps_its_end() -> None:
    """What was expected stands there."""
    line = f"seen {'x' * 1000}; expected 4."

    shown = screen.shortened(line)

    assert shown.startswith("seen xxx")
    assert shown.endswith("xxx; expected 4.")
    assert f" … {len(line) - 400} characters … " in shown
    assert screen.shortened("short") == "short"


def test_a_deleted_file_says_how_to_get_it_back(house: House, capsys: Capture) -> None:
    """Whether it is the one to edit, the kata's folder or its suite."""
    steps = {
        VIEWS: (2, f"{VIEWS}: this file is gone, and it is the one to edit.\n"),
        f"tests/{KATA}": (2, f"tests/{KATA}: the suite of this kata is gone.\n"),
        f"katas/{KATA}": (3, f"katas/{KATA}: this folder is gone; "),
    }
    for path, (code, message) in steps.items():
        (house.root / path).rename(house.root / "elsewhere")

        assert cli.main([]) == code
        out, err = capsys.readouterr()
        (house.root / "elsewhere").rename(house.root / path)
        assert out == ""
        assert err.startswith(message)
        remedy = "`python3 -m dojo reset k101`" if path == VIEWS else f"`git restore {path}`"
        assert remedy in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "k110"], "No kata is called 'k110'.\nDid you mean k101_double? `python3 -m dojo"),
        (["run", "duble"], "No kata is called 'duble'.\nDid you mean k101_double?"),
        (["lst"], "`lst` is not a command of the dojo.\nDid you mean `list`?"),
        (["screen"], "`screen` is not a command of the dojo.\n"),
        (["k101"], "`k101` is not a command of the dojo.\nDid you mean `run k101`?"),
        (["run"], "usage: dojo run"),
        (["jump", "k101", "all"], "unrecognized arguments: all"),
        (["--onec"], "unrecognized arguments: --onec"),
    ],
)
def test_what_is_not_there_leads_to_the_nearest(
    house: House, capsys: Capture, words: list[str], message: str
) -> None:
    """A usage error is exit code 2, and nothing runs."""
    try:
        code: object = cli.main(words)
    except SystemExit as error:
        code = error.code

    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert message in err


def test_help_lists_every_command_with_a_verb(house: House, capsys: Capture) -> None:
    """What a newcomer types first."""
    with pytest.raises(SystemExit) as error:
        cli.main(["--help"])

    out = capsys.readouterr().out
    assert error.value.code == 0
    assert {"go", "list", "run", "serve", "test", "verify"} <= {*cli.commands()}
    for command in cli.commands():
        assert re.search(rf"^    {command}\s+[a-z]+ ", out, re.MULTILINE)


@pytest.mark.parametrize("words", [[], ["list"], ["run", "k101"]], ids=" ".join)
def test_metadata_that_break_a_rule_are_named_by_every_command(
    house: House, capsys: Capture, words: list[str]
) -> None:
    """All at once, without a traceback: exit code 3, because it is no fault of the learner's."""
    house.add_kata(OTHER, solutions=False)
    house.add_kata("k103_third", solutions=False)
    house.write(TOML, "title = \n")
    house.write_metadata(OTHER, minutes="5", tittle="Double")
    house.write_metadata("k103_third", requires=["k103_third"])

    assert cli.main(words) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert f"{TOML}: this is not valid TOML: Invalid value (at line 1, column 9).\n" in err
    assert f"katas/{OTHER}/kata.toml: `minutes` is '5'.\nMake it a whole number.\n" in err
    assert f"katas/{OTHER}/kata.toml: `tittle` is not a key of kata.toml.\n" in err
    assert "katas/k103_third/kata.toml: `requires` leads back to this kata.\n" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("words", [[], ["list"]], ids=" ".join)
def test_corrupt_progress_is_named_and_left_alone(
    house: House, capsys: Capture, words: list[str]
) -> None:
    """A merge conflict, say."""
    file = house.write(".dojo/progress.json", "<<<<<<< HEAD\n")

    assert cli.main(words) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"{file}: your progress can't be read: ")
    assert file.read_text() == "<<<<<<< HEAD\n"


def test_in_a_read_only_folder_the_verdict_is_shown_and_nothing_is_lost(house: House) -> None:
    """Progress can't be kept: exit code 3, what to do, and the answer counts when it is done."""
    house.write(VIEWS, SOLVED)
    house.furnish()
    modes(house, 0o555)
    try:
        ended, listed = side_by_side(
            {words: partial(house.dojo, words, unprivileged=True) for words in ("go", "list")}
        ).values()
    finally:
        modes(house, 0o755)

    assert ended.code == 3, ended
    assert "k101 Double · 2 of 2 pass\nPASS" in ended.out
    assert ended.err == (
        f"{house.root}/.dojo/progress.json: your progress can't be saved: Permission denied.\n"
        "Your answer is untouched. Make the folder writable (or free some disk space), then run "
        "the command again.\n"
    )
    assert (listed.code, listed.err) == (0, "")
    assert (house.root / VIEWS).read_text() == SOLVED
    assert not (house.root / ".dojo").exists()


def files(house: House) -> list[str]:
    """Return the names of all files of the house but Python's caches."""
    return sorted(str(path) for path in house.root.rglob("*") if "__pycache__" not in path.parts)


def hang_at_import(fifo: Path) -> str:
    """Return an answer that says that it has begun, then waits for ever."""
    return (
        "import threading\n\n"
        f"pipe = open({str(fifo)!r}, 'w')\n"
        "print('inside', file=pipe, flush=True)\n"
        "threading.Event().wait()\n"
    )


@pytest.mark.parametrize("words", [["run", "k101"], ["verify", "-j", "2"]], ids=" ".join)
def test_ctrl_c_in_the_middle_of_a_run_leaves_nothing_behind(
    house: House, words: list[str]
) -> None:
    """One clear line, exit code 130, no traceback, and no process that goes on."""
    fifo = house.fifo()
    for path in (VIEWS, f"solutions/{KATA}/answer/views.py"):
        house.write(path, hang_at_import(fifo))
    house.furnish()
    before = files(house)
    started = house.start(*words)

    with fifo.open() as pipe:
        assert pipe.readline() == "inside\n"
        os.killpg(started.pid, signal.SIGINT)
        ended = end(started)
        assert set(pipe.read().split()) <= {"inside"}, "reads on until no process holds the pipe"

    assert ended.code == 130, ended
    assert ended.err.strip() == ("Interrupted. Nothing is lost; run the command again to go on.")
    assert "Traceback" not in ended.out
    assert files(house) == before


def test_a_reader_that_has_seen_enough_is_no_error(house: House) -> None:
    """`dojo list | head -1`."""
    started = house.start("list")
    assert started.stdout
    started.stdout.close()
    started.stdout = None

    ended = end(started)

    assert (ended.code, ended.err) == (0, "")


def test_in_a_terminal_every_save_is_run(house: House) -> None:
    """Also one made during a run, ten in a row, and a file that vanishes; Ctrl-C leaves."""
    house.add_kata(OTHER, solutions=False)
    inside, go_on = house.fifo("inside"), house.fifo("go_on")
    with Terminal(house, "--plain") as terminal:
        terminal.wait_for("NotImplementedError: task 1", "Waiting for a save. Ctrl-C quits.")

        house.write(
            VIEWS,
            f"open({str(inside)!r}, 'w').close()\nopen({str(go_on)!r}).close()\n"
            + views(double="5"),
        )
        inside.open().close()
        house.write(VIEWS, views(double="6"))
        go_on.open("w").close()
        terminal.wait_for("double(21) is 6;", "Waiting")

        for number in range(10, 20):
            house.write(VIEWS, views(double=str(number)))
        shown = terminal.wait_for("double(21) is 19;", "Waiting")
        assert shown.count("k101 Double") == 1

        house.remove(VIEWS)
        terminal.wait_for(f"{VIEWS}: this file is gone", "Waiting")
        house.write(VIEWS, SOLVED)
        shown = terminal.wait_for("k102 Double · 0 of 2 pass", "Waiting")
        assert "k101 Double · 2 of 2 pass\nPASS" in shown

        house.write(VIEWS, STUB)  # solved already: not what the learner is on
        terminal.press_ctrl_c()
        assert terminal.end() == 1
        assert "Until next time. `python3 -m dojo` goes on from here." in terminal.screen
        assert "Traceback" not in terminal.text
    solved = {name for name, entry in progress.load(house.root).katas.items() if entry.solved}
    assert solved == {"double"}


def test_in_a_terminal_it_is_over_when_all_is_solved(house: House) -> None:
    """And an interrupt in the middle of a run ends it as everywhere."""
    fifo = house.fifo()
    house.write(VIEWS, hang_at_import(fifo))
    with Terminal(house, "--plain") as terminal:
        with fifo.open() as pipe:
            pipe.readline()
            terminal.press_ctrl_c()
            assert terminal.end() == 130
            assert pipe.read() == ""
        assert "Interrupted. Nothing is lost" in terminal.screen
        assert "Traceback" not in terminal.text

    house.write(VIEWS, SOLVED)
    with Terminal(house, "--plain") as terminal:
        assert terminal.end() == 0
        assert "All 1 katas are solved." in terminal.screen
