"""Run suites in forks of a process that has everything imported but the katas.

Starting Python, pytest and Django takes longer than most suites. The warm process does it once, in
a session of pytest that collects nothing (so that pytest rewrites the asserts of its plugins), and
then forks for each run. Django is imported and not set up: apps, and so all of the learner's code,
are imported after the fork and are always fresh.

The process reads requests from its standard input and writes answers to its standard output, one
JSON object a line. Where there is no fork, the cold runner does the same more slowly.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, Any

from dojo.runner import cold

AVAILABLE = hasattr(os, "fork")
# What suites import sooner or later, and what Django imports when it is first used.
PRELOADED = (
    "asgiref.testing",
    "django.conf.urls",
    "django.core.asgi",
    "django.core.cache.backends.locmem",
    "django.core.handlers.asgi",
    "django.core.wsgi",
    "django.db.backends.sqlite3.base",
    "django.db.migrations.executor",
    "django.db.models",
    "django.template.context_processors",
    "django.template.loader",
    "django.test.client",
    "django.test.utils",
    "django.urls",
    "django.views.debug",
    "django.views.decorators.http",
    "django.views.generic",
    "httpx",
    "uvicorn",
    "uvicorn.lifespan.off",
    "uvicorn.lifespan.on",
    "uvicorn.protocols.http.h11_impl",
)


class WarmProcess:
    """A process that forks for each run; it does one run at a time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from dojo.runner import warm; warm.main()"],
            cwd=root,
            env=cold.environment(dict(os.environ)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self.lock = threading.Lock()
        self.child: int | None = None

    def spawn(self, command: list[str], root: Path, log: Path, timeout_s: float) -> int | None:
        """Do what `cold.spawn_fresh` does, in a fork; *command* is the one of a cold run."""
        with self.lock:
            self._send({"argv": command[3:], "log": str(log)})
            self.child = self._receive()["pid"]
            try:
                if self._answers_within(timeout_s):
                    return int(self._receive()["code"])
                self._signal(os.kill, signal.SIGABRT)  # the stacks, as in `cold.spawn_fresh`
                if not self._answers_within(cold.LAST_WORDS_S):
                    self._signal(os.killpg, signal.SIGKILL)
                self._receive()
                return None
            finally:
                self.child = None

    def close(self) -> None:
        """End the process, and the run that is under way."""
        self._signal(os.killpg, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()

    def _send(self, request: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise self._ended() from None

    def _receive(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise self._ended()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _ended(self) -> OSError:
        return OSError(f"the warm process ended, with exit code {self.process.wait()}")

    def _answers_within(self, seconds: float) -> bool:
        assert self.process.stdout is not None
        return bool(select.select([self.process.stdout], [], [], seconds)[0])

    def _signal(self, send: Any, number: int) -> None:
        if self.child is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                send(self.child, number)


class WarmPool:
    """Warm processes, one for each thread that spawns a run."""

    def __init__(self, root: Path) -> None:
        self.root = root
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
                self.mine.process = WarmProcess(self.root)
                self.started.append(self.mine.process)
        process: WarmProcess = self.mine.process
        return process.spawn(command, root, log, timeout_s)

    def close(self) -> None:
        """End all processes and the runs that are under way."""
        with self.lock:
            self.closed = True
            for process in self.started:
                process.close()


def serve(requests: IO[str], answers: IO[str]) -> None:
    """Answer requests until there are no more: first with the child's pid, then with its exit."""
    preload()
    assert threading.active_count() == 1, "fork() and threads do not mix"
    for line in requests:
        request = json.loads(line)
        if (pid := os.fork()) == 0:
            # Whatever happens, a child never returns into the loop of its parent.
            try:
                become(request)
            finally:
                os._exit(70)
        print(json.dumps({"pid": pid}), file=answers, flush=True)
        # The process is kept as a zombie until all that it started has been ended: its number
        # can't be given to somebody else meanwhile.
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        print(json.dumps({"code": code}), file=answers, flush=True)


def preload() -> None:
    """Import what every run needs, with the asserts of pytest's plugins rewritten."""
    import pytest

    with tempfile.TemporaryDirectory(prefix="dojo-") as folder:
        settings = "asyncio_default_fixture_loop_scope=function"
        options = ["-c", os.devnull, "-o", settings, "--rootdir", folder, "-p", "no:cacheprovider"]
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            pytest.main([*options, "-q", folder])
    for name in PRELOADED:
        importlib.import_module(name)
    # pytest collects garbage several times at the end of each session: spare it what is ours.
    gc.collect()
    gc.freeze()


def become(request: dict[str, Any]) -> None:
    """Turn this fork into a run of pytest, in a session of its own, and exit with its code."""
    import pytest

    os.setsid()
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, nothing), (1, log), (2, log)):
        os.dup2(source, target)
    # As the interpreter would make them for a file, which they are now.
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(fd, mode) for fd, mode in enumerate("rww"))
    sys.argv = ["pytest", *request["argv"]]
    code = 70
    try:
        code = int(pytest.main(request["argv"]))
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main() -> None:
    """Serve whoever started this process."""
    # Answers leave through a copy: a print() of whatever is imported must not look like one.
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    serve(sys.stdin, channel)
