"""The runner answers for every test of a suite, whatever an answer does to the child process."""

import errno
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dojo import runner
from dojo.model import DojoError, Result, Run, State
from dojo.runner import cold, outcome, reporter
from tests.dojo.conftest import Build, forks
from tests.dojo.house import KATA, SOLVED, House, views

# These start processes and wait for them, in real time.
pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]

VIEWS = f"katas/{KATA}/views.py"
SUITE = f"tests/{KATA}/test_views.py"

# One suite in which every test ends in its own way.
MANY_ENDS = """
    import json

    import pytest


    class Mute(Exception):
        def __str__(self):
            raise RuntimeError


    def inner(text):
        return json.loads(text)


    async def wrong():
        return print("thinking") or 63


    async def library():
        inner("{")


    async def skips():
        pytest.skip("too hard")


    async def mute():
        raise Mute


    async def half():
        raise ValueError("half: \\udcff")


    async def prints():
        print("z" * 5_000_000)
    """
MANY_ENDS_SUITE = f"""
    import pytest

    from katas.{KATA} import views


    @pytest.mark.task(2)
    async def test_wrong():
        \"\"\"It is 42.

        Nobody needs this line.
        \"\"\"
        assert await views.wrong() == 42, "not 42"

    def test_plain():
        pass

    @pytest.mark.skip(reason="not today")
    def test_skipped_by_the_suite():
        pass

    async def test_skips():
        await views.skips()

    @pytest.mark.django_db(transaction=True)
    def test_database():
        pass

    @pytest.mark.parametrize("number", [2, 1])
    def test_numbers(number):
        pass

    async def test_library():
        await views.library()

    async def test_mute():
        await views.mute()

    async def test_half():
        await views.half()

    async def test_prints():
        await views.prints()
        assert False, "printed"
    """
# Of the processor, for an import.
LITTLE_TIME = "\nfrom dojo.runner import reporter\n\nreporter.IMPORT_CPU_S = 1\n"
HANG = """
    async def double(number):
        while True:
            try:
                sum(range(1000))
            except BaseException:
                pass


    async def total(numbers):
        return sum(numbers)
    """


def holding(fifo: Path) -> str:
    """Return an answer that leaves a process behind which holds *fifo* open."""
    hold = f"import signal; pipe = open({str(fifo)!r}, 'w'); print(flush=True); signal.pause()"
    return (
        "import subprocess, sys\n"
        f'HOLD = "{hold}"\n'
        "holder = subprocess.Popen([sys.executable, '-c', HOLD], stdout=subprocess.PIPE)\n"
        "holder.stdout.readline()\n\n\n" + SOLVED
    )


@pytest.fixture(scope="module")
def runs(build: Build) -> Mapping[str, Run]:
    """One run of each answer, in forks of one process: they report what a fresh one does."""
    answers = {
        "crash": "import os\n\n\n" + views(double="os._exit(0)"),
        "kill": "import os, signal\n\n\n" + views(total="os.kill(os.getpid(), signal.SIGKILL)"),
        "early end": "import os\n\nos._exit(0)\n",
        "exit": "import sys\n\nsys.exit(0)\n",
        "endless import": "for number in iter(int, 1):\n    pass\n",
        "hang": HANG,
        "many ends": MANY_ENDS,
        "no tests": SOLVED,
        "obstacles": "async def double(:\n",
    }
    suites = {"many ends": MANY_ENDS_SUITE, "no tests": '"""Empty."""\n'}
    house = build()
    house.limit_tests(2)
    house.append("conftest.py", LITTLE_TIME)
    suite = (house.root / SUITE).read_text()
    found = {}
    with forks(house.root):
        for name, text in answers.items():
            house.write(VIEWS, text)
            house.write(SUITE, suites.get(name, suite))
            if name == "obstacles":
                add_obstacles(house)
            found[name] = house.run()
    return found


def add_obstacles(house: House) -> None:
    """Add two files that can't be imported, and a test of each."""
    for name, text in {
        "missing": "import numpie\n",
        "skipping": "import pytest\n\npytest.skip('no', allow_module_level=True)\n",
    }.items():
        house.write(f"katas/{KATA}/{name}.py", text)
        house.write(
            f"tests/{KATA}/test_{name}.py",
            f"from katas.{KATA} import {name}\n\n\ndef test_it():\n    pass\n",
        )


def states(run: Run) -> dict[str, State]:
    """Return how each test ended, in the order of the results."""
    return {result.case.function: result.state for result in run.results}


def result(run: Run, name: str) -> Result:
    """Return the result of the test called *name*."""
    return next(found for found in run.results if found.case.function == name)


def test_each_test_has_a_result_in_the_order_of_the_file(runs: Mapping[str, Run]) -> None:
    """pytest-django runs database tests first; a learner works from the top of the file."""
    run = runs["many ends"]

    assert [found.case.id for found in run.results] == [
        "test_views.py::test_wrong",
        "test_views.py::test_plain",
        "test_views.py::test_skipped_by_the_suite",
        "test_views.py::test_skips",
        "test_views.py::test_database",
        "test_views.py::test_numbers[2]",
        "test_views.py::test_numbers[1]",
        "test_views.py::test_library",
        "test_views.py::test_mute",
        "test_views.py::test_half",
        "test_views.py::test_prints",
    ]
    assert not run.passed
    assert run.count_passed == 4
    assert not run.obstacles


def test_a_case_says_what_it_proves_and_for_which_task(runs: Mapping[str, Run]) -> None:
    """Title and task come from docstring and marker, else from the name."""
    case = result(runs["many ends"], "test_wrong").case
    bare = result(runs["many ends"], "test_plain").case

    assert (case.title, case.task) == ("It is 42.", 2)
    assert (bare.title, bare.task) == ("plain", None)


def test_a_failure_has_message_error_and_the_learners_innermost_line(
    runs: Mapping[str, Run],
) -> None:
    """`where` names file, line and code of the answer, not of the suite or of a library."""
    wrong = result(runs["many ends"], "test_wrong")
    library = result(runs["many ends"], "test_library")

    assert (wrong.state, wrong.error, wrong.where) == (State.FAILED, "AssertionError", "")
    assert wrong.message.startswith("not 42")
    assert library.error == "JSONDecodeError"
    assert library.where == f"{VIEWS}:12: return json.loads(text)"


def test_a_suite_can_skip_a_test_and_an_answer_can_not(runs: Mapping[str, Run]) -> None:
    """Only a suite decides what does not apply."""
    skipped = result(runs["many ends"], "test_skipped_by_the_suite")
    skips = result(runs["many ends"], "test_skips")

    assert (skipped.state, skipped.message) == (State.SKIPPED, "not today")
    assert (skips.state, skips.message) == (State.FAILED, "too hard")
    assert skips.where.startswith(f"{VIEWS}:24")


def test_errors_that_can_not_be_shown_are_reported_all_the_same(
    runs: Mapping[str, Run],
) -> None:
    """Neither a `__str__` that raises nor half a surrogate pair takes the report down."""
    mute = result(runs["many ends"], "test_mute")
    half = result(runs["many ends"], "test_half")

    assert mute.message == "(its text can't be shown: RuntimeError in its __str__)"
    assert half.message == "half: ?"


def test_megabytes_of_output_do_no_harm(runs: Mapping[str, Run]) -> None:
    """What is printed neither fills the memory of the parent nor hides the verdict."""
    assert result(runs["many ends"], "test_prints").message.startswith("printed")
    assert 0 < len(runs["many ends"].output) <= cold.OUTPUT_TAIL


def test_what_a_test_prints_comes_with_its_result(runs: Mapping[str, Run]) -> None:
    """The last of it, and that of no other test."""
    printed = {
        name: result(runs["many ends"], name).printed for name in ("test_prints", "test_wrong")
    }

    assert printed["test_wrong"] == "thinking\n"
    assert set(printed["test_prints"].strip()) == {"z"}
    assert len(printed["test_prints"]) == reporter.PRINTED_TAIL


def test_a_test_that_hangs_times_out_and_the_others_still_run(runs: Mapping[str, Run]) -> None:
    """The limit of pyproject.toml holds, also for an answer that swallows every exception."""
    assert states(runs["hang"]) == {"test_doubles": State.TIMEOUT, "test_adds_up": State.PASSED}
    assert VIEWS in result(runs["hang"], "test_doubles").message


def test_a_run_that_reaches_its_deadline_says_where_it_hangs(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing inside the child can stop an endless import; its parent does, and names the line."""
    fifo = house.fifo()
    last = f"open({str(fifo)!r}, 'w').close(), threading.Event().wait()"
    house.write(VIEWS, f"import threading\n\n{last}\n")
    wait = subprocess.Popen.wait

    def wait_until_it_hangs(child: subprocess.Popen[bytes], timeout: float | None = None) -> int:
        if timeout != 60:
            return wait(child, timeout)
        fifo.open().close()
        raise subprocess.TimeoutExpired("pytest", timeout)

    monkeypatch.setattr(subprocess.Popen, "wait", wait_until_it_hangs)

    run = house.run(timeout_s=60)

    assert not run.passed
    assert run.obstacles[0].message == "Stopped at the deadline of the run, before any test."
    assert run.obstacles[0].where == f"{VIEWS}:3"


def test_a_process_that_ends_itself_has_crashed_and_the_rest_is_missing(
    runs: Mapping[str, Run],
) -> None:
    """`os._exit(0)` is not a pass, though the exit code says so."""
    run = runs["crash"]

    assert states(run) == {"test_doubles": State.CRASHED, "test_adds_up": State.MISSING}
    assert result(run, "test_doubles").message == (
        "The process ended during this test, with exit code 0."
    )
    assert not run.passed


def test_a_process_that_is_killed_has_crashed_with_the_signals_name(
    runs: Mapping[str, Run],
) -> None:
    """A segmentation fault, or the kernel's want of memory, shows as the signal it is."""
    assert states(runs["kill"]) == {"test_doubles": State.PASSED, "test_adds_up": State.CRASHED}
    assert "signal SIGKILL" in result(runs["kill"], "test_adds_up").message


def test_what_can_not_be_imported_is_an_obstacle_with_error_and_line(
    runs: Mapping[str, Run],
) -> None:
    """A syntax error, a missing module, an answer that skips its own suite: none passes."""
    run = runs["obstacles"]

    assert not run.passed
    missing, skipping, syntax = run.obstacles
    assert (missing.error, missing.message) == ("ModuleNotFoundError", "No module named 'numpie'")
    assert missing.where == f"katas/{KATA}/missing.py:1: import numpie"
    assert (skipping.error, skipping.message) == ("Skipped", "no")
    assert skipping.where.startswith(f"katas/{KATA}/skipping.py:3")
    assert (syntax.error, syntax.message) == (
        "SyntaxError",
        "invalid syntax\n    async def double(:",
    )
    assert syntax.where == f"{VIEWS}:1"


def test_an_import_that_computes_for_ever_is_an_obstacle(runs: Mapping[str, Run]) -> None:
    """It is ended after seconds, long before the deadline of the run, and its line is named."""
    (found,) = runs["endless import"].obstacles

    assert (found.error, found.message) == (
        "EndlessImport",
        "still importing after 1 s of computing",
    )
    assert found.where.startswith(f"{VIEWS}:")


def test_an_answer_that_exits_while_it_is_imported_is_an_obstacle(
    runs: Mapping[str, Run],
) -> None:
    """Whether by `sys.exit` or at once, nothing was tested, so nothing passed."""
    exits, ends = runs["exit"], runs["early end"]

    assert not exits.passed
    assert (exits.obstacles[0].error, exits.obstacles[0].message) == ("SystemExit", "0")
    assert exits.obstacles[0].where == f"{VIEWS}:3: sys.exit(0)"
    assert not ends.passed
    assert "ended before any test, with exit code 0." in ends.obstacles[0].message


def test_a_suite_without_tests_is_an_obstacle(runs: Mapping[str, Run]) -> None:
    """Nothing that fails is not the same as a pass."""
    assert not runs["no tests"].passed
    assert runs["no tests"].obstacles[0].message.startswith("The suite holds no test.")


def test_a_background_process_does_not_outlive_the_run(house: House) -> None:
    """What an answer starts ends with it."""
    fifo = house.fifo()
    house.write(VIEWS, holding(fifo))
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)  # so that nobody waits for a reader

    run = house.run()

    assert run.passed, run
    os.set_blocking(reader, True)
    assert os.read(reader, 1) == b"", "this waits for as long as somebody holds the pipe open"
    os.close(reader)


def test_an_edit_of_the_same_size_in_the_same_second_is_seen(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python would take its cached bytecode for fresh."""
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    file = house.write(VIEWS, views(double="number * 3"))
    stamp = file.stat().st_mtime_ns
    before = house.run()
    house.write(VIEWS, views(double="number * 2"))
    os.utime(file, ns=(stamp, stamp))

    after = house.run()

    assert states(before)["test_doubles"] is State.FAILED
    assert states(after)["test_doubles"] is State.PASSED


def test_the_environment_can_not_change_the_verdict(house: House) -> None:
    """Options and switches that a shell has set do not reach the child."""
    house.write(VIEWS, SOLVED)
    house.append(
        SUITE,
        """

        import asyncio
        import os
        import sys

        async def test_environment():
            assert "DJANGO_ALLOW_ASYNC_UNSAFE" not in os.environ
            assert not asyncio.get_running_loop().get_debug()
            assert not sys.flags.optimize
            assert not sys.flags.dev_mode
            assert not sys.warnoptions
        """,
    )

    ended = house.dojo(
        "run",
        "k101",
        PYTEST_ADDOPTS="--collect-only",
        PYTEST_PLUGINS="no_such_plugin",
        DJANGO_ALLOW_ASYNC_UNSAFE="1",
        DJANGO_SETTINGS_MODULE="elsewhere.settings",
        PYTHONASYNCIODEBUG="1",
        PYTHONDEVMODE="1",
        PYTHONOPTIMIZE="1",
        PYTHONWARNINGS="ignore",
    )

    assert (ended.code, ended.err) == (0, ""), ended
    assert "3 of 3 pass" in ended.out


def test_a_half_written_report_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    """A child that dies while it writes leaves half a line."""
    report = tmp_path / "report.jsonl"
    report.write_text('{"event": "case", "id": "a"}\n[1]\n{"event": "res', encoding="utf-8")

    assert list(outcome.read_events(report)) == [{"event": "case", "id": "a"}]
    assert list(outcome.read_events(tmp_path / "none")) == []


def test_a_full_temporary_folder_is_explained(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run needs a scratch folder; without space there is one message, and no traceback."""

    def refuse(*args: object, **kwargs: object) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)

    with pytest.raises(DojoError, match=r"No space left on device.*\n.*space in") as error:
        house.run()

    assert error.value.code == 3


@pytest.mark.parametrize(("style", "drawn"), [("no", "the message"), ("long", "a traceback")])
def test_a_traceback_is_drawn_only_to_be_shown(style: str, drawn: str) -> None:
    """Pytest draws one for `--tb=no`, too, and leaves it out when it prints."""
    options = SimpleNamespace(getoption={"tbstyle": style}.get)
    item: Any = SimpleNamespace(config=options, repr_failure=lambda excinfo: "a traceback")

    with reporter.drawn_by_nobody(item, {"message": "the message"}):
        assert item.repr_failure(None) == drawn
    assert item.repr_failure(None) == "a traceback"


def test_a_module_without_a_test_that_is_to_run_is_not_imported(house: House) -> None:
    """All modules of a suite take longer to import than the few tests that are asked for to run."""
    house.furnish()
    house.write(f"tests/{KATA}/test_broken.py", "raise ValueError\n")
    options = ["--dojo-tests=test_adds_up"]

    alone = runner.run(house.kata(), house.root, answers="solutions", options=options)
    every = runner.run(house.kata(), house.root, answers="solutions")

    assert alone.obstacles == ()
    assert [result.case.function for result in alone.results] == ["test_adds_up"]
    assert [obstacle.error for obstacle in every.obstacles] == ["ValueError"]
