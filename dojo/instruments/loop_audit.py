"""Blocking calls that the interpreter announces itself: files, sockets, processes, raw SQLite.

Audit events cannot be evaded by how a name was imported. Learner code is accused only where it
called the standard library itself, so what Django does on its behalf, such as reading a template
once, is none of its faults. https://docs.python.org/3/library/audit_events.html
"""

from __future__ import annotations

import os
import sys
import zoneinfo
from types import FrameType
from typing import Any

from dojo.instruments import learner
from dojo.instruments.loop_guard import blocked, called, watching

EVENTS = {
    "builtins.input",
    "open",
    "os.listdir",
    "os.mkdir",
    "os.posix_spawn",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.scandir",
    "os.system",
    "shutil.copyfile",
    "shutil.copytree",
    "shutil.move",
    "shutil.rmtree",
    "socket.connect",
    "socket.getaddrinfo",
    "socket.gethostbyname",
    "sqlite3.connect",
    "subprocess.Popen",
    "time.sleep",
    "urllib.Request",
}

# Parts of the standard library that read a file in passing (once, or on the way to a message), and
# asyncio, which starts processes and connects without waiting for them.
INCIDENTAL = {
    "_frozen_importlib",
    "_frozen_importlib_external",
    "asyncio",
    "bdb",
    "gettext",
    "importlib",
    "inspect",
    "linecache",
    "locale",
    "logging",
    "mimetypes",
    "pdb",
    "pkgutil",
    "tokenize",
    "traceback",
    "warnings",
    "zoneinfo",
}

# The instruments' own waits, such as for a thread that is about to end.
OURS = __package__ + "."


def _audit(event: str, args: tuple[Any, ...]) -> None:
    if event not in EVENTS or not watching():
        return
    frame = sys._getframe(1)
    if frame.f_globals.get("__name__", "").startswith(OURS):
        return
    if event == "socket.connect":
        # Whoever connects, it is never in passing: a library called by the learner counts, too.
        accused = None if args[0].gettimeout() == 0 else learner.nearest_learner_frame(frame)
    else:
        accused = learner.direct_learner_caller(frame)
    if accused is None or _is_harmless(event, args) or _in_passing(frame, accused):
        return
    blocked(called(frame, accused, f"{event.removeprefix('builtins.')}()"), accused)


def _is_harmless(event: str, args: tuple[Any, ...]) -> bool:
    if event != "open":
        return False
    path = args[0]
    if path is None or isinstance(path, int) or path == os.devnull:
        return True  # a descriptor is open already; the null device never waits
    # Written in C, so there is no frame to tell it by; read once, and then kept.
    return str(path).startswith(zoneinfo.TZPATH)


def _in_passing(frame: FrameType | None, accused: FrameType) -> bool:
    while frame is not None and frame is not accused:
        if frame.f_globals.get("__name__", "").partition(".")[0] in INCIDENTAL:
            return True
        frame = frame.f_back
    return False


sys.addaudithook(_audit)
