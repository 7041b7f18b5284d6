"""The warm process: a session of pytest that stops before it collects, and is forked for runs.

Starting Python, pytest and Django, and reading the options, takes longer than most suites. All of
it is done once, here; what is left for a fork is to point ``katas.*`` at the answer, to collect one
suite and to run it. A learner's files are imported after the fork and so are always fresh. What
`django.setup` imports of the katas, their models, is imported before; whoever owns the process
compares the files that it names and starts another when one has changed.

Requests come on standard input and answers leave by standard output, one JSON object a line:
first ``{"loaded": {path: stamp}}``, then for each request ``{"pid": …}`` and ``{"code": …}``.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import importlib
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NoReturn

import pytest

from dojo.runner import cold, rehearsal
from dojo.runner.ending import end_of, is_readable, tell, told

# What suites import sooner or later, and what Django imports when it is first used.
PRELOADED = (
    "asgiref.testing",
    "django.conf.urls",
    "django.core.asgi",
    "django.core.cache.backends.locmem",
    "django.core.handlers.asgi",
    "django.core.management.commands.flush",
    "django.core.management.commands.migrate",
    "django.core.wsgi",
    "django.db.backends.sqlite3.base",
    "django.db.migrations.executor",
    "django.db.models",
    "django.db.models.sql.compiler",
    "django.middleware.common",
    "django.middleware.security",
    "django.shortcuts",
    "django.template.context_processors",
    "django.template.loader",
    "django.template.loaders.app_directories",
    "django.template.loaders.cached",
    "django.test.client",
    "django.test.utils",
    "django.urls",
    "django.utils.translation.reloader",
    "django.views.debug",
    "django.views.decorators.http",
    "django.views.generic",
    "encodings.ascii",
    "encodings.unicode_escape",
    "httpx",
    "packaging.specifiers",
    "uvicorn",
    "uvicorn.lifespan.off",
    "uvicorn.lifespan.on",
    "uvicorn.protocols.http.h11_impl",
)
# What a child answers when it could not even begin; pytest uses 0 to 5.
BROKEN = 70
# Seconds in which the verdict of the last run is drawn, before the processor is busy again.
REST_S = 0.2


class Server:
    """Pytest plugin of the warm process: forks when all is ready but the tests."""

    def __init__(
        self, options: list[str], requests: IO[str], answers: IO[str], *, rehearsal: str
    ) -> None:
        self.options = options
        self.requests = requests
        self.answers = answers
        self.rehearsal = rehearsal
        self.child: int | None = None
        self.parent: socket.socket | None = None

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        """Serve; only in a fork does this return, and the session goes on there."""
        for name in PRELOADED:
            importlib.import_module(name)
        import_template_tags()
        prepare_database(session.config)
        if self.rehearsal == "process":
            rehearse(self.options, session.config)
        settle()
        self.answer(loaded=stamps(loaded_files(session.config.rootpath)))
        signal.signal(signal.SIGTERM, self.stop)
        # The child is there before its request; not rehearsing at first, as somebody is waiting.
        request, rehearsing = "", False
        while True:
            ours, theirs = socket.socketpair()
            if self.fork() == 0:
                # A learner's code has no business there.
                self.requests.close()
                self.answers.close()
                ours.close()
                self.parent = theirs
                try:
                    if rehearsing:
                        rehearse_until(theirs, self.options, session.config)
                    become(awaited(theirs), session.config)
                except BaseException as error:
                    leave(error)
                return
            theirs.close()
            request = request or self.requests.readline() or self.stop()
            with ours:
                # One byte: the rehearsal is over.
                if not rehearsing or (is_readable(ours, 0) and ours.recv(1)):
                    self.serve(request, ours)
                    request, rehearsing = "", self.rehearsal == "fork"
                else:
                    # It is at its rehearsal still: a fresh one is there sooner.
                    self.kill()
                    os.waitpid(self.child or 0, 0)
                    self.child, rehearsing = None, False

    def serve(self, request: str, channel: socket.socket) -> None:
        """Pass *request* on to the child that waits at *channel*; answer when it has ended."""
        assert self.child is not None
        channel.sendall(request.encode())
        self.answer(pid=self.child)
        code = told(self.child, channel)
        if code is not None:
            self.answer(code=code)
        # To take its memory apart lasts longer than a test; by now nobody waits for that.
        ended = end_of(self.child)
        self.child = None
        if code is None:
            self.answer(code=ended)

    def fork(self) -> int:
        """Fork, and return what `os.fork` does; no child goes unnoticed by `stop`."""
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self.child = pid
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        return pid

    def stop(self, *_: object) -> NoReturn:
        """End the child, whether it runs or waits, and this process."""
        self.kill()
        os._exit(0)

    def kill(self) -> None:
        """End the child, if there is one, and all that it has started."""
        if self.child is not None:
            for kill in (os.kill, os.killpg):  # it may have no group of its own yet
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    kill(self.child, signal.SIGKILL)

    def answer(self, **values: object) -> None:
        """Write one object."""
        print(json.dumps(values), file=self.answers, flush=True)


def settle() -> None:
    """Get this process ready to fork."""
    # pytest collects garbage several times at the end of each session: spare it what is ours.
    gc.collect()
    gc.freeze()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    assert threading.active_count() == 1, "fork() and threads do not mix"


def import_template_tags() -> None:
    """Import what Django's template engine looks through when it is first used."""
    # Not at the top: pytest-django sets Django up first.
    from django.template.backends.django import get_installed_libraries

    get_installed_libraries()


def prepare_database(config: pytest.Config) -> None:
    """Make the tables of the test database, which each fork would make anew."""
    # Not at the top: pytest wants to be the first to import its plugins.
    from pytest_django.plugin import blocking_manager_key

    from dojo.instruments import tables

    with config.stash[blocking_manager_key].unblock():
        tables.prepare()


def rehearse(options: list[str], config: pytest.Config) -> None:
    """Run the rehearsal."""
    from pytest_django.plugin import blocking_manager_key

    with config.stash[blocking_manager_key].unblock():
        rehearsal.run(options)


def rehearse_until(channel: socket.socket, options: list[str], config: pytest.Config) -> None:
    """Run the rehearsal, unless something comes by *channel* before; say there when it is over."""
    if not is_readable(channel, REST_S):
        rehearse(options, config)
        channel.sendall(b"\n")


def awaited(channel: socket.socket) -> dict[str, Any]:
    """Return the request that comes by *channel*; leave if the parent has ended."""
    with channel.makefile(encoding="utf-8") as lines:
        line = lines.readline()
    if not line:
        os._exit(0)
    request: dict[str, Any] = json.loads(line)
    return request


def loaded_files(root: Path) -> Iterator[Path]:
    """Yield the project's own files that this process has read."""
    yield root / "pyproject.toml"
    for module in list(sys.modules.values()):
        path = Path(getattr(module, "__file__", None) or "")
        if path.is_relative_to(root) and "site-packages" not in path.parts:
            yield path


def stamps(paths: Iterator[Path]) -> dict[str, str]:
    """Return what tells whether a file has changed since, by its path."""
    return {str(path): cold.stamp(path) for path in paths}


def become(request: dict[str, Any], config: pytest.Config) -> None:
    """Turn this fork of a session into one that runs what *request* asks for.

    Keys of *request*: ``suite``, a path; ``options``, values by the name of the option; ``log``,
    the file for all that is printed.

    Raises:
        pytest.UsageError: The answer that is asked for is not there.
    """
    from dojo import suites
    from dojo.runner import reporter

    os.setsid()
    capture: Any = config.pluginmanager.getplugin("capturemanager")
    capture.stop_global_capturing()
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, nothing), (1, log), (2, log)):
        os.dup2(source, target)
    capture.start_global_capturing()
    capture.suspend_global_capture()
    # Not by descriptor 2, which pytest points elsewhere while it imports and while a test runs.
    faulthandler.enable(file=log)
    config.args[:] = [request["suite"]]
    for name, value in request["options"].items():
        setattr(config.option, name, value)
    suites.put_in_place(config.getoption("--answers"), config.rootpath)
    reporter.pytest_configure(config)


def leave(error: BaseException) -> NoReturn:
    """End a fork that can't become what it should, as pytest ends when it is called wrongly."""
    sys.stderr.write(f"ERROR: {error}\n")  # into the log of the run
    sys.stderr.flush()
    os._exit(int(pytest.ExitCode.USAGE_ERROR) if isinstance(error, pytest.UsageError) else BROKEN)


def main() -> None:
    """Serve whoever started this process, with the options of pytest that all runs share."""
    # By copies: pytest puts its own files there, and a print() must not look like an answer.
    requests, channel = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    code = BROKEN
    # Not the suites' folders: their conftest.py would import a learner's files.
    order = json.loads(sys.argv[1])
    options = ["-p", "no:faulthandler", *order["options"]]
    server = Server(options, requests, channel, rehearsal=order["rehearsal"])
    try:
        code = int(pytest.main(["tests", *options], plugins=[server]))
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    sys.stdout.flush()
    sys.stderr.flush()
    tell(server.parent, code)
    # Threads that an answer has left behind would hold the exit.
    os._exit(code)
