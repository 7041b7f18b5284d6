"""Start a program with little: run as a script, by path, with the standard library alone.

``python -I -S confine.py LIMITS PROGRAM ARGUMENT…`` where LIMITS is a JSON object; see
`dojo.grading.sandbox.Limits`. It runs inside the sandbox, and becomes the program.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import sys

PR_SET_NO_NEW_PRIVS = 38


def main(words: list[str]) -> None:
    """Set the limits, give up rights, and become the program."""
    limits = json.loads(words[0])
    for name, value in limits["resources"].items():
        limit(getattr(resource, name, None), value)
    os.umask(0o077)
    if (uid := limits["uid"]) is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    # What comes after this is the submission's affair; without it, the walls did not come up.
    os.write(limits["report"], b'{"event": "confined"}\n')
    os.execv(words[1], words[1:])  # noqa: S606


def limit(kind: int | None, value: int) -> None:
    """Lower one resource limit to *value*, or as far as the system lets us."""
    if kind is None:
        return
    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    with contextlib.suppress(ValueError, OSError):  # macOS knows some limits and sets none
        resource.setrlimit(kind, (value, value))


if __name__ == "__main__":
    main(sys.argv[1:])
