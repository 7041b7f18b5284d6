"""The corpus in ``cases/blocking.py``: every mistake is found at its line, nothing else is."""

import ast
import os
import re
import subprocess
import sys

import pytest

from tests.dojo.instruments.child import HERE, run

pytestmark = pytest.mark.timeout(300)

CASES = HERE / "cases" / "blocking.py"
SOURCE = CASES.read_text()
CLASSES = {node.name: node for node in ast.parse(SOURCE).body if isinstance(node, ast.ClassDef)}


def cases_of(name: str) -> dict[str, int]:
    """Return the tests of a class of the corpus, each with the line that is marked ``here``."""
    marked = [n for n, line in enumerate(SOURCE.splitlines(), 1) if line.endswith("# here")]
    return {
        test.name: next((n for n in marked if test.lineno <= n <= (test.end_lineno or 0)), 0)
        for test in CLASSES[name].body
        if isinstance(test, ast.AsyncFunctionDef)
    }


@pytest.mark.parametrize(("name", "line"), cases_of("TestMistakes").items())
def test_finds_the_mistake_at_its_line(name: str, line: int) -> None:
    """Each mistake fails its test, once, with the learner's file, line and code."""
    outcome = run("blocking.py")[name]
    if outcome.state == "skipped":
        pytest.skip(outcome.text)
    assert outcome.state == "failed", outcome
    message = outcome.text.partition("\n\n")[0]
    assert re.search(r"blocks the event loop|query on the event loop's thread", message), message
    assert f"blocking.py:{line} in " in message, message
    assert "# here`" in message


@pytest.mark.parametrize("name", cases_of("TestHarmless"))
def test_raises_no_false_alarm(name: str) -> None:
    """A program that does not block the loop passes."""
    outcome = run("blocking.py")[name]
    assert outcome.state == "passed", outcome.text


def test_names_what_was_called() -> None:
    """The message starts with the call as its author knows it, not with the patch or the event."""
    outcomes = run("blocking.py")
    for name, call in {
        "test_sleep": "time.sleep(0.01)",
        "test_future_result": "concurrent.futures.Future.result()",
        "test_queue_get": "queue.Queue.get()",
        "test_thread_join": "threading.Thread.join()",
        "test_path_read_text": "pathlib.Path.read_text()",
        "test_subprocess": "subprocess.run()",
        "test_urlopen": "urllib.request.urlopen()",
        "test_open": "open()",
    }.items():
        assert f": {call} blocks the event loop" in outcomes[name].text


def test_counts_although_the_error_was_swallowed() -> None:
    """What an `except Exception` swallowed fails the test all the same."""
    text = run("blocking.py")["test_sleep_swallowed"].text
    assert text.startswith("dojo.instruments.findings.CheckFailed: time.sleep(0.01) blocks")


@pytest.mark.skipif(sys.version_info < (3, 12), reason="needs sys.monitoring")
def test_warns_of_cpu_on_the_loop() -> None:
    """A stretch of CPU is reported beside the failure, and fails nothing itself.

    Who may be accused is asked for each test anew, also of code that has run before.
    """
    outcomes = run("cpu.py")
    assert "ms of CPU on the event loop without an await, in test_hog" in outcomes.output
    assert outcomes["test_hog_that_passes"].state == "passed"
    assert "to show the report" in outcomes["test_hog[not_mine]"].text
    assert outcomes.output.count("ms of CPU on the event loop") == 1


def test_accuses_no_given_file(tmp_path: os.PathLike[str]) -> None:
    """With files accused, a mistake in another file is not reported as the learner's."""
    script = (
        "import asyncio, time, pathlib\n"
        "from dojo.instruments import clock, findings, learner, loop_guard\n"
        "learner.set_accused([pathlib.Path('elsewhere.py')])\n"
        "findings._open.append([])\n"
        "async def main(): time.sleep(0)\n"
        "asyncio.run(main())\n"
    )
    child = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert child.returncode == 0, child.stderr
