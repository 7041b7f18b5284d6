"""uvicorn in a thread of the test's process: real sockets, real disconnects, the test's database.

The socket is bound and listens before the thread starts, so there is no port to race for, and a
first request waits in the backlog instead of being refused. Start and stop are signalled, not
polled: uvicorn itself looks around ten times a second. pytest-django's `live_server` is WSGI, so it
shows nothing of ASGI's behaviour.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from typing import Any

import uvicorn

from dojo.instruments import findings, tasks

# Real seconds, spent by a view alone that outlives its client.
GRACE_S = 1
PATIENCE_S = 10


class _Uvicorn(uvicorn.Server):
    """uvicorn that waits to be told, with events."""

    def __init__(self, config: uvicorn.Config, is_up: threading.Event) -> None:
        super().__init__(config)
        self.is_up = is_up
        self.stop = asyncio.Event()
        self.left_running: list[str] = []

    async def main_loop(self) -> None:
        """Serve until told to stop."""
        await self.on_tick(0)
        self.is_up.set()
        await self.stop.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Leave the clients at once; wait for the views that this ends."""
        for server in self.servers:
            server.close()
        # A connection that was being accepted becomes known in a turn or two.
        for _ in range(3):
            await asyncio.sleep(0)
        for connection in list(self.server_state.connections):
            transport = getattr(connection, "transport", None)
            if transport is not None:
                transport.abort()
        if self.server_state.tasks:
            await asyncio.wait(set(self.server_state.tasks), timeout=GRACE_S)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        self.left_running = [
            tasks.describe(task) for task in left if tasks.waits_at(task) or tasks.started_at(task)
        ]


class Server:
    """A server that runs in a thread; use it as a context manager."""

    def __init__(self, application: Callable[..., Any]) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.host, self.port = self._socket.getsockname()[:2]
        self.url = f"http://{self.host}:{self.port}"
        self._application = application
        self._thread = threading.Thread(target=self._run, name="uvicorn", daemon=True)
        self._is_up_or_down = threading.Event()
        self._uvicorn: _Uvicorn | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._error: BaseException | None = None

    def _run(self) -> None:
        try:
            # Not a virtual loop: this one has real sockets.
            with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                self._loop = runner.get_loop()
                runner.run(self._serve())
        except BaseException as error:  # raised in the test's thread
            self._error = error
        finally:
            self._is_up_or_down.set()

    async def _serve(self) -> None:
        config = uvicorn.Config(self._application, lifespan="off", ws="none", log_config=None)
        self._uvicorn = _Uvicorn(config, self._is_up_or_down)
        await self._uvicorn.serve(sockets=[self._socket])

    def __enter__(self) -> Server:
        self._thread.start()
        self._is_up_or_down.wait(PATIENCE_S)
        if self._error is not None:
            raise self._error
        if not self._is_up_or_down.is_set():
            raise RuntimeError(f"uvicorn did not start within {PATIENCE_S} s")
        return self

    def __exit__(self, *exc: object) -> None:
        if self._loop is not None and self._uvicorn is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._uvicorn.stop.set)
        self._thread.join(PATIENCE_S)
        self._socket.close()
        # What cleans up behind a hung test cancels all that runs, the server included.
        if self._error is not None and not isinstance(self._error, asyncio.CancelledError):
            raise self._error
        if self._uvicorn is not None and self._uvicorn.left_running:
            facts = [f"goes on after its client has gone: {t}" for t in self._uvicorn.left_running]
            raise findings.CheckFailed([findings.Finding(fact) for fact in facts])
