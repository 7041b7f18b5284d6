"""How a fork of the warm process ends: what it has told, and that nothing of it is left."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket

# How often a child that says nothing is looked at: it may have been killed.
LOOK_S = 0.05


def tell(channel: socket.socket | None, code: int) -> None:
    """In a fork: tell the process at the other end, if there is one, how this one is to end."""
    # An answer that forks has a copy of the session run; the fork itself leads what it has started.
    if channel is not None and os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):  # what has run may have closed it
            channel.sendall(b"%d\n" % code)


def told(pid: int, channel: socket.socket) -> int | None:
    """Wait for the code that the child tells; None if it ends without a word."""
    # Not for the end of the stream: what the child has started may have it open, too.
    while not is_readable(channel, LOOK_S):
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT | os.WNOHANG):
            break
    word = b""
    # Reset, where it was killed before it had read its request.
    with contextlib.suppress(ConnectionResetError):
        if is_readable(channel, 0):  # it may have spoken in between
            word = channel.recv(16).strip()
    return int(word) if word.isdigit() else None


def end_of(pid: int) -> int:
    """Wait for the child to end, end all that it has started, and return its exit code."""
    # The process is kept as a zombie meanwhile: its number can't be given to somebody else.
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def is_readable(channel: socket.socket, seconds: float) -> bool:
    """Tell whether something comes by *channel* within so many real seconds."""
    return bool(select.select([channel], [], [], seconds)[0])
