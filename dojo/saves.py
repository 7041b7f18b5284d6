"""Saves of a kata's files: seen at once where the system tells of them, else soon after."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

from dojo.model import Kata

# How often the files are looked at where no event comes: network folders, some containers.
TICK_MS = 250
# An editor that writes a file in several steps takes no longer between two of them.
QUIET_MS = 5

Look = frozenset[tuple[str, int, int, int]]


def look(kata: Kata) -> Look:
    """Return what tells whether a Python file of *kata* or its suite has been saved since."""
    return frozenset(_stamps(kata))


def _stamps(kata: Kata) -> Iterator[tuple[str, int, int, int]]:
    for folder in (kata.folder, kata.suite):
        for path in folder.rglob("*.py"):
            try:
                stat = path.stat()
            except OSError:  # it vanished meanwhile
                continue
            yield str(path), stat.st_mtime_ns, stat.st_size, stat.st_ino


class Watch:
    """Waits for events below the katas and their suites: time to `look` whether one is a save."""

    def __init__(self, root: Path) -> None:
        import watchfiles

        self.stop = threading.Event()
        folders = [folder for name in ("katas", "tests") if (folder := root / name).is_dir()]
        self.events: Iterator[object] | None = watchfiles.watch(
            # The folders above, too: the kata's own may vanish and come back.
            *folders,
            watch_filter=None,
            step=QUIET_MS,
            rust_timeout=TICK_MS,
            yield_on_timeout=True,
            stop_event=self.stop,
            raise_interrupt=True,
            ignore_permission_denied=True,
        )

    def tick(self) -> bool:
        """Wait for an event, or a moment; False when `close` has been called."""
        if self.events is not None:
            try:
                return next(self.events, None) is not None and not self.stop.is_set()
            except (OSError, RuntimeError):  # no more watches are to be had, say
                self.events = None
        return not self.stop.wait(TICK_MS / 1000)

    def close(self) -> None:
        """End the wait, from any thread."""
        self.stop.set()
