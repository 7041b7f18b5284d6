"""Run a suite in a fresh child process."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dojo.catalogue import relative
from dojo.instruments import learner
from dojo.model import DojoError, Kata, Run
from dojo.runner import early
from dojo.runner.outcome import assemble, read_events

# What pytest would load by itself from the environment's entry points, named, because a stranger's
# plugin has no business in a verdict. Named in a variable, because for each `-p` pytest reads the
# entry points of everything that is installed, which takes longer than the suite.
PLUGINS = ("pytest_django.plugin", "pytest_asyncio.plugin", "pytest_timeout")
OWN_PLUGINS = ("dojo.suites", "dojo.instruments.plugin", "dojo.runner.reporter")
# Warnings of CPU on the loop, which pytest alone prints: each test would instrument all code anew.
NO_STRETCHES = ("-p", "no:dojo.instruments.cpu_stretch")
# No tracebacks: nobody sees them, and one takes longer to render than a test to run.
UNSEEN = ("-p", "no:cacheprovider", *NO_STRETCHES, "-q", "--tb=no")
# What changes what tests do, from the start of a variable's name.
DROPPED = (
    "PYTEST_",
    "DJANGO_",
    "PYTHONASYNCIODEBUG",
    "PYTHONDEVMODE",  # switches asyncio's debug mode on, too
    "PYTHONDONTWRITEBYTECODE",  # pytest would rewrite the suite's asserts again at each run
    "PYTHONOPTIMIZE",
    "PYTHONWARNINGS",
)
# Enough for the stacks of a hang.
OUTPUT_TAIL = 20_000
STACK_LINE = re.compile(r'^  File "(.+)", line (\d+) in ', re.MULTILINE)
# Seconds that a child at its deadline has to write down where it hangs.
LAST_WORDS_S = 5.0

# Runs a command with its output in a file, for so many seconds at most; returns its exit code, None
# if it had to be killed.
Spawn = Callable[[list[str], Path, Path, float], int | None]

running: set[subprocess.Popen[bytes]] = set()


def run(
    kata: Kata,
    root: Path,
    *,
    answers: str = "katas",
    options: Sequence[str] = (),
    timeout_s: float = 60.0,
    spawn: Spawn | None = None,
    tell: early.Tell | None = None,
) -> Run:
    """Run one kata's suite in a child process.

    Args:
        root: Folder that holds ``katas`` and ``tests``.
        answers: What stands behind ``katas.*``; see `dojo.answers.Answers`.
        options: Further words for the command line of pytest.
        timeout_s: Real seconds for the whole child. A single test has its own, shorter limit.
        spawn: How to run the child; by default in a fresh process.
        tell: Called in a thread with what is known, if the run takes longer than a moment.

    Raises:
        DojoError: The child could not be started.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="dojo-", ignore_cleanup_errors=True) as scratch:
            report, log = Path(scratch, "report.jsonl"), Path(scratch, "output.txt")
            started = time.monotonic()
            words = [*command(kata, root, answers, report), *options]
            with early.telling(report, tell):
                code = (spawn or spawn_fresh)(words, root, log, timeout_s)
            seconds = time.monotonic() - started
            output, events = tail(log), list(read_events(report))
    except OSError as error:
        raise DojoError(
            f"The tests can't be started: {error}.\n"
            f"They need Python and some space in {os.environ.get('TMPDIR', '/tmp')}; "  # noqa: S108
            "then run the command again."
        ) from error
    hung_at = stuck_line(output, root) if code is None else ""
    return assemble(events, code=code, seconds=seconds, output=output, hung_at=hung_at)


def stop() -> None:
    """End the runs that are under way in other threads: each returns what it has so far."""
    for child in tuple(running):
        kill_tree(child)


def command(kata: Kata, root: Path, answers: str, report: Path) -> list[str]:
    """Return the command line of the child; its plugins are named in its environment."""
    return [
        sys.executable,
        *("-m", "pytest", str(kata.suite.relative_to(root))),
        *("--rootdir", str(root), "-c", str(root / "pyproject.toml")),
        *("-o", "addopts=", *addopts(root / "pyproject.toml")),
        *UNSEEN,
        "--color=no",
        f"--answers={answers}",
        f"--dojo-report={report}",
    ]


def addopts(path: Path) -> list[str]:
    """Return the options that the project gives to every run of pytest, but for its plugins."""
    table = parsed(path.read_text(encoding="utf-8"))
    words = list(table["tool"]["pytest"]["ini_options"]["addopts"])
    return [
        word
        for before, word in zip(["", *words], words, strict=False)
        if word != "-p" and before != "-p"
    ]


@functools.lru_cache(maxsize=1)
def parsed(text: str) -> dict[str, Any]:
    """Return a table in TOML, the same for each run: it is not to be changed."""
    return tomllib.loads(text)


def environment(base: dict[str, str]) -> dict[str, str]:
    """Return the child's environment: *base* without what would change the verdict."""
    kept = {key: value for key, value in base.items() if not key.startswith(DROPPED)}
    return kept | {
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_PLUGINS": ",".join(PLUGINS + OWN_PLUGINS),
    }


def stamp(path: Path | str) -> str:
    """Return when *path* was last changed, and its size; empty if it is not there."""
    try:
        status = os.stat(path)
    except OSError:
        return ""
    return f"{status.st_mtime_ns} {status.st_size}"


def spawn_fresh(
    command: list[str],
    root: Path,
    log: Path,
    timeout_s: float,
    variables: Mapping[str, str] = MappingProxyType({}),
) -> int | None:
    """Run *command* with its output in *log*; None if it had to be killed at the deadline.

    Args:
        variables: Of the environment, in addition.
    """
    with log.open("wb") as output:
        child = subprocess.Popen(  # noqa: S603
            command,
            cwd=root,
            env=environment(dict(os.environ)) | dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        running.add(child)
        try:
            return child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            # pytest switches faulthandler on, which writes every thread's stack at this signal.
            child.send_signal(getattr(signal, "SIGABRT", signal.SIGTERM))
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(LAST_WORDS_S)
            return None
        finally:
            kill_tree(child)
            running.discard(child)


def kill_tree(child: subprocess.Popen[bytes]) -> None:
    """End a child and all that it started in its session."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    elif child.poll() is None:
        child.kill()
    child.wait()


def tail(log: Path) -> str:
    """Return the last of what the child printed: it may have printed gigabytes."""
    with log.open("rb") as output:
        output.seek(max(0, output.seek(0, os.SEEK_END) - OUTPUT_TAIL))
        return output.read().decode(errors="replace")


def stuck_line(output: str, root: Path) -> str:
    """Return the innermost line of a kata in the stacks that a hung child wrote, as file:line."""
    for path, line in STACK_LINE.findall(output):
        if not (learner.is_installed(path) or Path(path).is_relative_to(root / "tests")):
            return f"{relative(Path(path), root)}:{line}"
    return ""
