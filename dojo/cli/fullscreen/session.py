"""What the screen shows: the kata, its last run, and the run that is under way."""

from __future__ import annotations

import functools
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from dojo import course, progress, runner, saves, versions
from dojo.cli import go
from dojo.model import DojoError, Kata, Result, Run

# A run that takes longer than this hangs, most likely: a save ends it.
PATIENCE_S = 1.0
CANCELLED = "The run was cancelled. Space or a save starts another."


class Session:
    """A learner's way through the katas. Runs happen in a thread of their own, one at a time.

    Attributes:
        kata: Where the learner is; None when all katas are solved.
        found: What became of its last run; None before the first, or if it could not run.
        glimpse: What is known of the run under way, if it takes longer than a moment.
        error: What kept it from running, for the learner to put right.
        unnoted: Why the progress could not be noted; the verdict holds all the same.
        began: When the run under way began, on the monotonic clock in seconds; None if there is
            none.
        changed: Called in that thread whenever there is something new to show.
    """

    def __init__(self, root: Path, katas: Sequence[Kata]) -> None:
        self.root = root
        self.katas = katas
        self.changed: Callable[[], None] = lambda: None
        self.state = progress.load(root)
        self.kata = course.here(katas, self.state)
        self.found: Run | None = None
        self.glimpse: runner.Glimpse | None = None
        self.error = self.unnoted = ""
        self.began: float | None = None
        self.cancelled = False
        self.seen = saves.look(self.kata) if self.kata else frozenset()
        self.watch = saves.Watch(root)
        self.pool = self._new_pool()
        self.wanted = threading.Event()
        self.closed = False
        self.lock = threading.Lock()
        self.threads = [
            threading.Thread(target=target, daemon=True) for target in (self._run, self._look)
        ]

    def _new_pool(self) -> runner.WarmPool | None:
        return runner.WarmPool(self.root, rehearsal="fork") if runner.CAN_FORK else None

    def start(self) -> None:
        """Run the kata now, and again on every save."""
        self.wanted.set()
        for thread in self.threads:
            thread.start()

    def close(self) -> None:
        """End the run that is under way, and the waiting for saves."""
        self.closed = True
        self.wanted.set()
        self.watch.close()
        if self.pool:
            self.pool.close()

    def again(self) -> None:
        """Run the kata, after the run that is under way; one that hangs is ended first."""
        self.wanted.set()
        if self.began is not None and time.monotonic() - self.began > PATIENCE_S:
            self.cancel()

    def cancel(self) -> bool:
        """End the run that is under way; tell whether there was one that can be ended."""
        with self.lock:
            if self.began is None or self.pool is None:
                return False
            self.cancelled = True
            pool, self.pool = self.pool, self._new_pool()
        pool.close()
        return True

    def go_to(self, kata: Kata | None) -> None:
        """Go on at *kata*; None: at the first that is not solved."""
        self.state = progress.jump(self.root, kata)
        with self.lock:
            self.kata = course.here(self.katas, self.state)
            self.seen = saves.look(self.kata) if self.kata else frozenset()
            self.found, self.glimpse, self.error, self.unnoted = None, None, "", ""
        self.cancel()
        self.wanted.set()

    def neighbour(self, step: int) -> Kata | None:
        """Return the kata before or after; None at either end, and when all are solved.

        Those for other versions are passed over.
        """
        if self.kata is None:
            return None
        ours = [kata for kata in self.katas if not versions.not_for_here(kata)]
        place = ours.index(self.kata) + step
        return ours[place] if 0 <= place < len(ours) else None

    def following(self) -> Kata | None:
        """Return where the way goes on: after a solved kata the next open one, else the next."""
        if self.kata is not None and self.state.is_solved(self.kata):
            return course.following(self.katas, self.state, self.kata)
        return self.neighbour(1)

    def _run(self) -> None:
        while self.wanted.wait() and not self.closed:
            self.wanted.clear()
            if (kata := self.kata) is not None:
                self._run_once(kata)

    def _run_once(self, kata: Kata) -> None:
        with self.lock:
            self.began, self.cancelled = time.monotonic(), False
            pool = self.pool
        self.changed()
        found, error = None, ""
        told = functools.partial(self._told, kata)
        try:
            found = go.run_kata(kata, self.root, pool.spawn if pool else None, told)
        except DojoError as problem:
            error = str(problem)
        except Exception:
            error = f"{traceback.format_exc()}\nThis is a fault of the dojo, not of your code."
        with self.lock:
            self.began = self.glimpse = None
        if self.closed or kata is not self.kata:
            return
        if self.cancelled:
            # After a save the next run follows by itself.
            found, error = None, "" if self.wanted.is_set() else CANCELLED
        self.found, self.error = found, error
        self.changed()  # before the note, which waits for a disk
        if found is not None:
            self._note(kata, found)
            self.changed()

    @property
    def first(self) -> Result | None:
        """The first failure of the run under way, once it is known."""
        return self.glimpse.first if self.glimpse else None

    def _told(self, kata: Kata, glimpse: runner.Glimpse) -> None:
        """Have the first failure shown while the others go on; nobody waits for a cancelled run."""
        with self.lock:
            if self.cancelled or kata is not self.kata:
                return
            known = self.first
            self.glimpse = glimpse
        if glimpse.first is not None and known is None:
            self.changed()

    def _note(self, kata: Kata, found: Run) -> None:
        self.unnoted = ""
        try:
            go.note(kata, found, self.root)
            self.state = progress.load(self.root)
        except DojoError as problem:
            self.unnoted = str(problem)

    def _look(self) -> None:
        """Want a run whenever a file of the kata has been saved."""
        while self.watch.tick():
            with self.lock:
                kata, before = self.kata, self.seen
                # What is seen now is what the next run reads, or something older: never newer.
                self.seen = saves.look(kata) if kata else before
                saved = self.seen != before
            if saved:
                self.again()
