"""uvicorn with its own reload, made to end: a view that blocks outlives no save and no Ctrl-C."""

from __future__ import annotations

import errno
import functools
import signal
import socket
from pathlib import Path

import uvicorn
import watchfiles
from uvicorn.supervisors.watchfilesreload import WatchFilesReload

from dojo.model import DojoError, ExitCode
from dojo.site import application

# Real seconds: for requests under way, uvicorn counts in whole ones; for the process as a whole.
GRACE_S = 1
PATIENCE_S = 2.0
# How often the watch looks whether it is to end, and how long an editor takes between two writes.
TICK_MS = 100
QUIET_MS = 10


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 takes any that is free.

    Raises:
        DojoError: It is taken, or can't be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise DojoError(
                f"Port {port} of {host} is taken: another program listens there.\n"
                "Stop it, if it is another `serve`, or choose another port: "
                f"`--port {port % 65535 + 1}`, or `--port 0` for any that is free.",
                code=ExitCode.USAGE,
            ) from None
        raise DojoError(
            f"Port {port} of {host} can't be had: {error.strerror or error}.\n"
            "Choose others with `--port` and `--host`; without them, it is port 8000 of 127.0.0.1.",
            code=ExitCode.USAGE,
        ) from None


def run(root: Path, listening: socket.socket, *, lifespan: bool) -> None:
    """Serve on *listening*, and again on every save of Python below ``katas/``, until Ctrl-C."""
    config = uvicorn.Config(
        # By name, or else uvicorn does not reload; each child puts in what it has loaded.
        "dojo.site.application:load",
        lifespan="auto" if lifespan else "off",
        reload=True,
        reload_dirs=[str(root / "katas")],
        reload_delay=TICK_MS / 1000,
        timeout_graceful_shutdown=GRACE_S,
    )
    Reload(config, functools.partial(serve, config), [listening]).run()


def serve(config: uvicorn.Config, sockets: list[socket.socket]) -> None:
    """Serve what is there now: the child process."""
    config.app = application.load()
    uvicorn.Server(config).run(sockets)


class Reload(WatchFilesReload):
    """Starts a child again on every save; one that does not end when it is told to is killed."""

    def startup(self) -> None:
        """Start the first child when the watch stands, so that no save is missed."""
        self.watcher = watchfiles.watch(
            *self.reload_dirs,
            watch_filter=None,
            step=QUIET_MS,
            rust_timeout=TICK_MS,
            yield_on_timeout=True,
            stop_event=self.should_exit,
            ignore_permission_denied=True,
        )
        next(self.watcher)
        if hang_up := getattr(signal, "SIGHUP", None):  # a terminal that is closed
            signal.signal(hang_up, self.signal_handler)
        super().startup()

    def restart(self) -> None:
        """End the child, and start another."""
        self.end()
        super().restart()

    def shutdown(self) -> None:
        """End the child, and all."""
        self.end()
        super().shutdown()

    def end(self) -> None:
        """End the child, also one whose event loop or threads are blocked."""
        self.process.terminate()
        self.process.join(PATIENCE_S)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
