"""Run suites in forks of a process that has everything ready but the tests: see `prepared`.

Where there is no fork, the cold runner does the same more slowly.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from dojo.answers import LEARNER, Answers
from dojo.runner import cold
from dojo.runner.cold import LAST_WORDS_S

AVAILABLE = hasattr(os, "fork")
# What differs from run to run, of the command line: the option's name in pytest, and the word.
VARIABLE = {
    "answers": "--answers=",
    "dojo_report": "--dojo-report=",
    "dojo_tests": "--dojo-tests=",
    "dojo_until": "--dojo-until=",
}

# Who goes through a rehearsal: nobody; each fork, while it waits for its run; the process itself,
# for all forks to come.
Rehearsal = Literal["none", "fork", "process"]


class WarmProcess:
    """A process that forks for each run; it does one run at a time.

    It is started for the first run, and again when the options or a file that it has read are not
    what they were.

    Args:
        rehearsal: Who gets ready by one. A fork has a little more of it; that is for runs with
            pauses between them, and one that comes before it is over does without. The process
            takes as long as a few runs, before the first: that is for many.
    """

    def __init__(self, root: Path, *, rehearsal: Rehearsal = "none") -> None:
        self.root = root
        self.rehearsal = rehearsal
        self.process: subprocess.Popen[bytes] | None = None
        # What the process has said and nobody has read; not in a buffer that `select` can't see.
        self.heard = b""
        self.options: list[str] = []
        self.loaded: dict[str, str] = {}
        self.read: dict[str, dict[str, bytes]] = {}
        self.lock = threading.Lock()
        self.child: int | None = None
        self.closed = False

    def spawn(self, command: list[str], root: Path, log: Path, timeout_s: float) -> int | None:
        """Do what `cold.spawn_fresh` does, in a fork; *command* is the one of a cold run."""
        suite, options, variable = taken_apart(command)
        with self.lock:
            ready = self.ensure(options)
            if not ready or self._shadows(Answers(variable["answers"] or LEARNER, root)):
                # Which says what is wrong, or runs what can't be run here.
                return cold.spawn_fresh(command, root, log, timeout_s)
            self._send({"suite": suite, "options": variable, "log": str(log)})
            self.child = self._receive()["pid"]
            try:
                if self._answers_within(timeout_s):
                    return int(self._receive()["code"])
                self._signal(os.kill, signal.SIGABRT)  # the stacks, as in `cold.spawn_fresh`
                if not self._answers_within(LAST_WORDS_S):
                    self._signal(os.killpg, signal.SIGKILL)
                self._receive()
                return None
            finally:
                self.child = None

    def ensure(self, options: list[str]) -> bool:
        """Have a process that is ready, for *options* and with the files as they are now.

        Returns:
            Whether there is one: with a model that can't be imported, say, no session starts.
        """
        if self.closed:
            raise OSError("the run has been called off")
        if self.process is not None:
            if options == self.options and not self._is_stale():
                return True
            self._end()
        self.process = subprocess.Popen(  # noqa: S603
            [
                *(sys.executable, "-c", "from dojo.runner import prepared; prepared.main()"),
                json.dumps({"options": options, "rehearsal": self.rehearsal}),
            ],
            cwd=self.root,
            env=cold.environment(dict(os.environ)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.options, self.heard = options, b""
        try:
            self.loaded = self._receive()["loaded"]
            self.read = read_of_katas(self.loaded, self.root)
        except OSError:
            self._end()
            if self.closed:
                raise OSError("the run has been called off") from None
            return False
        return True

    def _is_stale(self) -> bool:
        return any(cold.stamp(path) != was for path, was in self.loaded.items())

    def _shadows(self, answers: Answers) -> bool:
        """Tell whether *answers* has another version of a file that the process has read."""
        for slug, files in self.read.items():
            if (folder := answers.folder(slug)) is None:
                continue
            for name, text in files.items():
                theirs = folder / name
                if theirs.is_file() and theirs.read_bytes() != text:
                    return True
        return False

    def close(self) -> None:
        """End the process, and the run that is under way.

        Whoever waits for that run in another thread gets an OSError, and clears up; if that thread
        is just starting a process, it takes a second call.
        """
        self.closed = True
        if (process := self.process) is not None:
            _stop(process)
        if self.lock.acquire(blocking=False):
            try:
                self._end()
            finally:
                self.lock.release()

    def _end(self) -> None:
        if self.process is None:
            return
        _stop(self.process)
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        self.process = None

    def _send(self, request: dict[str, Any]) -> None:
        assert self.process is not None
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise self._ended() from None

    def _receive(self) -> dict[str, Any]:
        assert self.process is not None
        assert self.process.stdout is not None
        while b"\n" not in self.heard:
            more = os.read(self.process.stdout.fileno(), 65536)
            if not more:
                raise self._ended()
            self.heard += more
        line, _, self.heard = self.heard.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _ended(self) -> OSError:
        code = self.process.wait() if self.process else None
        return OSError(f"the warm process ended, with exit code {code}")

    def _answers_within(self, seconds: float) -> bool:
        assert self.process is not None
        assert self.process.stdout is not None
        # A fork that is over at once may have answered together with the line before.
        return b"\n" in self.heard or bool(select.select([self.process.stdout], [], [], seconds)[0])

    def _signal(self, send: Any, number: int) -> None:
        if self.child is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                send(self.child, number)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(LAST_WORDS_S)
    except subprocess.TimeoutExpired:  # it has not begun to serve, and what it imports hangs
        process.kill()
        process.wait()


def read_of_katas(paths: Iterable[str], root: Path) -> dict[str, dict[str, bytes]]:
    """Return what the files of katas among *paths* hold, by the kata's folder and their name there.

    Raises:
        OSError: One is gone again.
    """
    found: dict[str, dict[str, bytes]] = {}
    for path in map(Path, paths):
        if path.is_relative_to(root / "katas") and path.name != "__init__.py":
            slug, *rest = path.relative_to(root / "katas").parts
            found.setdefault(slug, {})["/".join(rest)] = path.read_bytes()
    return found


def taken_apart(command: list[str]) -> tuple[str, list[str], dict[str, str | None]]:
    """Return the suite, the options that runs have in common, and those that differ."""
    suite, *words = command[3:]
    variable: dict[str, str | None] = dict.fromkeys(VARIABLE)
    common = []
    for word in words:
        for name, start in VARIABLE.items():
            if word.startswith(start):
                variable[name] = word.removeprefix(start)
                break
        else:
            common.append(word)
    return suite, common, variable


class WarmPool:
    """Warm processes, one for each thread that spawns a run."""

    def __init__(self, root: Path, *, rehearsal: Rehearsal = "none") -> None:
        self.root = root
        self.rehearsal = rehearsal
        self.mine = threading.local()
        self.started: list[WarmProcess] = []
        self.lock = threading.Lock()
        self.closed = False

    def spawn(self, command: list[str], root: Path, log: Path, timeout_s: float) -> int | None:
        """Do what `cold.spawn_fresh` does, in a fork of this thread's process."""
        if not hasattr(self.mine, "process"):
            with self.lock:
                if self.closed:
                    raise OSError("the run has been called off")
                self.mine.process = WarmProcess(self.root, rehearsal=self.rehearsal)
                self.started.append(self.mine.process)
        process: WarmProcess = self.mine.process
        return process.spawn(command, root, log, timeout_s)

    def close(self) -> None:
        """End all processes and the runs that are under way."""
        with self.lock:
            self.closed = True
            for process in self.started:
                process.close()
