"""A ``dojo serve`` in a child process, and what to run it with."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from tests.dojo.house import MAIN, environment

# For a start, which takes two seconds of one processor, on a machine that has no time.
LIMIT_S = 120
# An application that is slow to shut down is killed; here, it is slow if the machine is.
PATIENT = f"from dojo.site import server; server.PATIENCE_S = {LIMIT_S}; {MAIN}"
# Who waits for what never ends need not wait long.
IMPATIENT = f"from dojo.site import server; server.PATIENCE_S = 0.2; {MAIN}"
# Serves in the process itself: where nothing is saved, a second one only costs a second start.
AT_ONCE = f"""
from dojo.site import server

class AtOnce:
    def __init__(self, config, serve, sockets):
        self.run = lambda: serve(sockets)

server.Reload = AtOnce
{MAIN}"""


class Served:
    """A ``dojo serve`` in a process group of its own; reading waits, within a limit."""

    def __init__(self, root: Path, *words: str, code: str = MAIN) -> None:
        self.child = subprocess.Popen(
            [sys.executable, "-c", code, "serve", *words, "--port=0"],
            cwd=root,
            env=environment() | {"TMPDIR": str(root)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        self.text = ""
        # One for all, as each reads the certificates; but no connection is kept.
        kept = httpx.Limits(max_keepalive_connections=0)
        self.client = httpx.Client(timeout=LIMIT_S, limits=kept)
        self.news = threading.Condition()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.child.stdout
        with self.child.stdout as lines:
            for line in lines:
                with self.news:
                    self.text += line
                    self.news.notify_all()

    def __enter__(self) -> Self:
        self.wait_for("Started server process")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave no process behind, however the test ends."""
        if self.reader.is_alive():
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()
        self.reader.join(LIMIT_S)
        self.client.close()

    @property
    def url(self) -> str:
        """Where it listens, as its first line says."""
        return self.text.split("/  ", 1)[0]

    def wait_for(self, words: str, *, times: int = 1) -> None:
        """Wait until it has written *words* that often."""
        with self.news:
            assert self.news.wait_for(lambda: self.text.count(words) >= times, LIMIT_S), (
                f"no {words!r} (x {times}) in:\n{self.text}"
            )

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask for a page."""
        return self.client.get(self.url + path, headers=headers)

    def get_anew(self, path: str, text: str) -> httpx.Response:
        """Ask for a page until it begins with *text*: a save takes a moment."""
        limit = time.monotonic() + LIMIT_S
        while True:
            with contextlib.suppress(httpx.TransportError):  # a restart
                answer = self.get(path)
                if answer.text.startswith(text):
                    return answer
            assert time.monotonic() < limit, f"no {text!r} from {path}, and this:\n{self.text}"
            time.sleep(0.05)

    def press_ctrl_c(self, number: int = signal.SIGINT) -> int:
        """Interrupt it as a terminal does, wait until no process is left, and return its code."""
        os.killpg(self.child.pid, number)
        code = self.child.wait(LIMIT_S)
        self.reader.join(LIMIT_S)
        assert not self.reader.is_alive(), "some process still holds the pipe"
        return code
