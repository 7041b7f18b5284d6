"""Behind the same walls, one site after the other: each in a fork of this process.

``python -P -m dojo.site.prefork ORDER`` where ORDER is a JSON object: that of
`dojo.site.behind_walls` without its socket; control (descriptor of a socket to the judge), user
(whose processes are all the run's own; null if there is no such user) and emptied (folders to empty
between sites).

To import a Django site's libraries takes longer than most checks; this process does that once, and
nothing else: all files of katas, a submission's among them, are read in the forks, so each site is
as fresh as one in a process of its own. The judge asks with `NEXT` and two descriptors: of the
bound socket to serve on, and of what the site prints to. `END` ends that site. Either way, when it
has ended, all processes that it has left are killed, and its files removed; the answer is a line of
JSON, with the site's exit code and whether nothing of it is left.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Set
from typing import Any

from dojo.site import behind_walls

NEXT, END = b"n", b"e"
# What a site imports sooner or later, the katas apart, as far as it can be without settings.
LIBRARIES = (
    "django.contrib.auth.apps",
    "django.contrib.contenttypes.apps",
    "django.contrib.sessions.apps",
    "django.contrib.sessions.backends.db",
    "django.core.asgi",
    "django.core.management.commands.migrate",
    "django.core.serializers.jsonl",
    "django.core.serializers.xml_serializer",
    "django.db.backends.sqlite3.base",
    "django.db.models.sql.compiler",
    "django.middleware.common",
    "django.middleware.security",
    "django.shortcuts",
    "django.utils.translation.reloader",
    "django.views.debug",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
)
PR_SET_DUMPABLE = 4


def main() -> None:
    """Serve until the judge closes its socket; returns in a fork, too, once its site has ended."""
    order = json.loads(sys.argv[1])
    control = socket.socket(fileno=order["control"])
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    assert threading.active_count() == 1, "fork() and threads do not mix"
    keep_to_itself(True)
    there = {at: frozenset(os.listdir(at)) for at in order["emptied"]}  # an interpreter's, say
    ended, end = os.pipe()
    for descriptor in (ended, end):
        os.set_blocking(descriptor, False)
    signal.set_wakeup_fd(end)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        word, descriptors, _, _ = socket.recv_fds(control, 1, 2)
        if not word:
            return
        if word == END:  # the site had ended by itself
            continue
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for descriptor in (ended, end, control.detach()):
                os.close(descriptor)
            become(order, *descriptors)
            return
        for descriptor in descriptors:
            os.close(descriptor)
        code = end_of(pid, control, ended)
        clean = end_others(order["user"]) and all(map(empty, there, there.values()))
        control.sendall(json.dumps({"code": code, "clean": clean}).encode() + b"\n")


def become(order: dict[str, Any], bound: int, printed: int) -> None:
    """Turn this fork into the site, until that ends."""
    keep_to_itself(False)  # or the judge could not see all that it holds
    for target in (1, 2):
        os.dup2(printed, target)
    os.close(printed)
    behind_walls.serve(order | {"socket": bound})


def keep_to_itself(yes: bool) -> None:
    """Let no other process of this user read or write this one's memory and descriptors, or do."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, int(not yes), 0, 0, 0)


def end_of(pid: int, control: socket.socket, ended: int) -> int:
    """Return the exit code of a site, once it has ended by itself or at the judge's word."""
    while True:
        ready, _, _ = select.select([control.fileno(), ended], [], [])
        if ended in ready:
            os.read(ended, 1024)
        if control.fileno() in ready and control.recv(1) != NEXT:
            os.kill(pid, signal.SIGKILL)
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)


def end_others(user: int | None) -> bool:
    """Kill all other processes of *user*, if that is nobody's but the run's; False if not."""
    if user is None or user != os.getuid():
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    return True


def empty(folder: str, there: Set[str]) -> bool:
    """Remove what is in *folder* but was not *there*; returns whether nothing of it is left."""
    with contextlib.suppress(Exception):  # a tree that is too deep, say
        for name in set(os.listdir(folder)) - there:
            path = os.path.join(folder, name)
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path, ignore_errors=True)
            else:
                os.unlink(path)
        return set(os.listdir(folder)) <= there
    return False


if __name__ == "__main__":
    main()
