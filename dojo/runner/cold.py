"""Run a suite in a fresh child process, and read what it reported."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dojo.model import Case, DojoError, Kata, Obstacle, Result, Run, State

# What pytest would load by itself from the environment's entry points, named, because looking for
# entry points takes longer and because a stranger's plugin has no business in a verdict.
PLUGINS = (
    "pytest_django.plugin",
    "pytest_asyncio.plugin",
    "pytest_timeout",
    "dojo.runner.reporter",
)
OUTPUT_TAIL = 4_000


def run(kata: Kata, root: Path, *, answers: str = "katas", timeout_s: float = 60.0) -> Run:
    """Run one kata's suite in a child process.

    Args:
        root: Folder that holds ``katas`` and ``tests``.
        answers: What stands behind ``katas.*``; see `dojo.answers.Answers`.
        timeout_s: Real seconds for the whole child. A single test has its own, shorter limit.

    Raises:
        DojoError: The child could not be started.
    """
    with tempfile.TemporaryDirectory(prefix="dojo-") as scratch:
        report, log = Path(scratch, "report.jsonl"), Path(scratch, "output.txt")
        started = time.monotonic()
        code = spawn(command(kata, root, answers, report), root, log, timeout_s)
        seconds = time.monotonic() - started
        output = log.read_text(encoding="utf-8", errors="replace")[-OUTPUT_TAIL:]
        events = list(read_events(report))
    return assemble(events, code=code, seconds=seconds, output=output)


def command(kata: Kata, root: Path, answers: str, report: Path) -> list[str]:
    """Return the command line of the child."""
    plugins = [word for name in PLUGINS for word in ("-p", name)]
    return [
        sys.executable,
        *("-m", "pytest", str(kata.suite.relative_to(root))),
        *("--rootdir", str(root), "-c", str(root / "pyproject.toml")),
        *plugins,
        *("-p", "no:cacheprovider", "-q", "--tb=short", "--color=no"),
        f"--answers={answers}",
        f"--dojo-report={report}",
    ]


def environment(base: dict[str, str]) -> dict[str, str]:
    """Return the child's environment: *base* without what would change the verdict."""
    dropped = ("PYTEST_", "DJANGO_", "PYTHONASYNCIODEBUG", "PYTHONWARNINGS", "PYTHONOPTIMIZE")
    kept = {key: value for key, value in base.items() if not key.startswith(dropped)}
    return kept | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


def spawn(command: list[str], root: Path, log: Path, timeout_s: float) -> int | None:
    """Run *command* with its output in *log*; None if it had to be killed at the deadline."""
    with log.open("wb") as output:
        try:
            child = subprocess.Popen(  # noqa: S603
                command,
                cwd=root,
                env=environment(dict(os.environ)),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise DojoError(f"{command[0]}: the tests can't be started: {error}.") from error
        try:
            return child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None
        finally:
            kill_tree(child)


def kill_tree(child: subprocess.Popen[bytes]) -> None:
    """End a child and all that it started in its session."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    elif child.poll() is None:
        child.kill()
    child.wait()


def read_events(report: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a report; a half-written last line is left out."""
    lines = (
        report.read_text(encoding="utf-8", errors="replace").splitlines()
        if report.is_file()
        else []
    )
    for line in lines:
        with contextlib.suppress(json.JSONDecodeError):
            event = json.loads(line)
            if isinstance(event, dict):
                yield event


def assemble(events: list[dict[str, Any]], *, code: int | None, seconds: float, output: str) -> Run:
    """Make a run of what the child reported; a test that it did not answer for is never a pass."""
    cases = [
        Case(str(event["id"]), str(event["title"]), event["task"])
        for event in events
        if event["event"] == "case"
    ]
    reported = {event["id"]: event for event in events if event["event"] == "result"}
    begun = [event["id"] for event in events if event["event"] == "start"]
    unfinished = begun[-1] if begun and begun[-1] not in reported else None
    obstacles = [
        Obstacle(event["message"], event.get("error", ""), event.get("where", ""))
        for event in events
        if event["event"] == "obstacle"
    ]
    results = []
    for case in cases:
        if case.id in reported:
            found = reported[case.id]
            fields = {key: found[key] for key in ("message", "error", "where", "seconds")}
            results.append(Result(case, State(found["state"]), **fields))
        elif case.id == unfinished:
            results.append(unanswered(case, code, output))
        else:
            results.append(Result(case, State.MISSING, "The run ended before this test."))
    ended = any(event["event"] == "end" for event in events)
    if not cases and not obstacles:
        obstacles.append(Obstacle(early_end(code, ended, output)))
    return Run(tuple(results), tuple(obstacles), seconds, output)


def unanswered(case: Case, code: int | None, output: str) -> Result:
    """Return the result of the test during which the child went away."""
    if code is None:
        return Result(case, State.TIMEOUT, f"Stopped at the deadline of the run.\n{output}".strip())
    how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    return Result(case, State.CRASHED, f"The process ended during this test, with {how}.")


def early_end(code: int | None, ended: bool, output: str) -> str:
    """Say why a child answered for no test at all."""
    if code is None:
        return "Stopped at the deadline of the run, before any test."
    if ended:
        return f"The suite holds no test.\n{output}".strip()
    return f"The process ended before any test, with exit code {code}.\n{output}".strip()
