"""The ground that the sites of one submission stand on: walls, and behind them `dojo.site.prefork`.

Each site is a process of its own, and ends with all that it has started and written before the next
one begins. Where that can't be said for sure (the run has no user of its own, a site has broken a
limit, files are left), the next site gets new walls. No verdict rests on it: whatever runs behind
the walls is the submission's affair, and what counts is what comes over HTTP.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dojo.grading.sandbox import Errand, Level, Limits, Places, Running
from dojo.grading.sandbox.stream import Stream
from dojo.grading.sandbox.walls import MIB
from dojo.model import DojoError
from dojo.site import behind_walls, prefork

# Seconds for a site to be gone.
GONE_S = 5.0
# Bytes of what the process in front of the sites says of one of them.
LONGEST_SAID = 100


class Ground:
    """Walls for one site after the other; as a context manager, nothing of them is left.

    Args:
        order: What each site is told, but for what is known behind the walls alone.
        folders: The kit's project and library, and the submission.

    Attributes:
        shared: Folder that a site sees, and can't write to.
        place: Path of the socket that the present site serves on.
        running: The walls; None if there are none at present.
        late: Whether a site used up its deadline.
    """

    def __init__(
        self,
        level: Level,
        limits: Limits,
        order: Mapping[str, Any],
        *,
        project: Path,
        library: Path,
        submission: Path,
    ) -> None:
        self.level, self.limits, self.order = level, limits, order
        self.project, self.library, self.submission = project, library, submission
        self.running: Running | None = None
        self.late = False

    def __enter__(self) -> Ground:
        self.folder = tempfile.TemporaryDirectory(prefix="dojo-", ignore_cleanup_errors=True)
        top = Path(self.folder.name)
        top.chmod(0o755)
        self.shared, self.place = top / "shared", top / "site.sock"
        self.shared.mkdir()
        return self

    def __exit__(self, *exception: object) -> None:
        try:
            self.leave()
        finally:
            self.folder.cleanup()

    def clear(self, rows: list[dict[str, Any]]) -> Running:
        """Prepare for a site with *rows* in its database; returns the walls."""
        if self.running is None:
            self.build()
        assert self.running is not None
        place = self.shared / behind_walls.ROWS
        place.write_text(json.dumps(rows), encoding="utf-8")
        place.chmod(0o644)
        self.place.unlink(missing_ok=True)
        self.said, self.gone, self.last_words = bytearray(), False, ""
        return self.running

    def build(self) -> None:
        """Build walls, and start what sites are forked from."""
        self.control, inside = socket.socketpair()
        errand = Errand(
            lambda places: self.command(places, inside.fileno()),
            self.project,
            self.library,
            self.submission,
            self.shared,
            environment={"PYTHONUNBUFFERED": "1"},  # it ends by being killed
            descriptors=[inside.fileno()],
        )
        try:
            with inside:
                self.running = Running(self.level, self.limits, errand).__enter__()
        except BaseException:
            self.control.close()
            raise
        self.control.setblocking(False)

    def command(self, places: Places, control: int) -> list[str]:
        """Return the command line of what sites are forked from."""
        order = {
            **self.order,
            "answers": places.submission,
            "shared": places.shared,
            "scratch": places.scratch,
            "control": control,
            "user": places.user,
            "emptied": [places.scratch, *(["/dev/shm"] if self.level.bwrap else [])],  # noqa: S108
        }
        return [sys.executable, "-P", "-m", "dojo.site.prefork", json.dumps(order)]

    def begin(self) -> None:
        """Start a site; `printed` holds what it prints."""
        assert self.running is not None
        read, write = os.pipe()
        self.printed = Stream(
            os.fdopen(read, "rb", buffering=0), self.limits.output_mib * MIB, keep_head=False
        )
        self.running.streams = [self.printed]
        self.running.started = time.monotonic()
        # Bound here, in a folder that nobody else may write to: what comes inside can put nothing
        # in its place, such as a link to a socket of this machine. When the site is gone, which has
        # the only copy, nobody listens.
        with socket.socket(socket.AF_UNIX) as bound:
            try:
                bound.bind(str(self.place))
                with contextlib.suppress(OSError):  # walls that did not come up
                    socket.send_fds(self.control, [prefork.NEXT], [bound.fileno(), write])
            finally:
                os.close(write)

    def hear(self) -> None:
        """Read what is said of the site, if there is anything."""
        try:
            block = self.control.recv(LONGEST_SAID)
        except BlockingIOError:
            return
        except OSError:
            block = b""
        self.said += block
        self.gone |= not block or len(self.said) > LONGEST_SAID

    @property
    def ending(self) -> tuple[int, bool] | None:
        """How the site ended: exit code, and whether nothing of it is left; None if not known."""
        if not self.said.endswith(b"\n"):
            return None
        try:
            said = json.loads(self.said)
            code, clean = int(said["code"]), said["clean"] is True
        except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
            return None
        return (128 - code if code < 0 else code), clean

    def end(self) -> str:
        """End the site, and the walls if they are of no more use; returns the last it printed."""
        assert self.running is not None
        deadline = time.monotonic() + GONE_S
        if self.ending is None and not self.running.killed:
            with contextlib.suppress(OSError):
                self.control.send(prefork.END)
            while (
                self.ending is None and not self.gone and (left := deadline - time.monotonic()) > 0
            ):
                select.select([self.control], [], [], left)
                self.hear()
        if self.running.killed or self.ending is None or not self.ending[1]:
            self.leave()
        self.printed.close()
        return self.printed.data.decode(errors="replace") or self.last_words

    def leave(self) -> None:
        """End the walls.

        Raises:
            DojoError: They did not come up.
        """
        if self.running is None:
            return
        running, self.running = self.running, None
        self.late |= running.late
        self.control.close()
        running.__exit__()
        ended = running.ended
        self.last_words = ended.output
        if self.level.number and b"confined" not in ended.events:
            raise DojoError(f"The sandbox did not come up: {ended.output[-500:] or ended.killed}")
