"""A throw-away PostgreSQL for one test session, or for several; the programs come by pip."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STOP_S = 20
# Where sessions find the server that they share: HOST, PORT and USER, as JSON.
SHARED = "INSTRUMENTS_POSTGRES"


class NoPostgres(Exception):  # noqa: N818 - as in `Http404`, it is not the program's error
    """PostgreSQL cannot be started here; the message is one line that says why."""


class Postgres:
    """The server; its own process ends with this one, even after SIGKILL.

    Args:
        sessions: How many use it side by side, each with some dozens of connections.
    """

    def __init__(self, sessions: int = 1) -> None:
        self.sessions = sessions
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> dict[str, str]:
        """Start it, or find the one that is shared.

        Returns:
            HOST, PORT, USER and NAME for ``settings.DATABASES``; a shared server has a name for
            each process.

        Raises:
            NoPostgres: With the reason.
        """
        if importlib.util.find_spec("psycopg") is None:
            raise NoPostgres("psycopg is not installed; `pip install psycopg[binary]` brings it")
        if shared := os.environ.get(SHARED):
            return {**json.loads(shared), "NAME": f"dojo_{os.getpid()}"}
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own file
            [
                *(sys.executable, str(Path(__file__).with_name("postgres_server.py"))),
                str(self.sessions),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        address: dict[str, str] = json.loads(
            line or '{"error": "its process ended without a word"}'
        )
        if error := address.get("error"):
            self.stop()
            raise NoPostgres(" ".join(error.split()))
        return {**address, "NAME": "dojo"}

    def stop(self) -> None:
        """Stop it, and wait until its folder is gone."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.wait(STOP_S)
        process.stdout.close()


def process_of(address: dict[str, str]) -> int:
    """Return the number of the process that is the parent of all of a server's."""
    return int(Path(address["HOST"], "data", "postmaster.pid").read_text().split()[0])


@contextmanager
def shared(sessions: int = 1) -> Iterator[None]:
    """Have all sessions that are started in the block, in child processes, share one server.

    Args:
        sessions: How many of them run side by side.

    Raises:
        NoPostgres: With the reason.
    """
    server = Postgres(sessions)
    address = server.start()
    os.environ[SHARED] = json.dumps(address)
    try:
        yield
    finally:
        del os.environ[SHARED]
        server.stop()
