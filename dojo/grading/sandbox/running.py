"""A run behind walls, from its start to the end of all its processes."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass

import psutil

from dojo.grading.sandbox.stream import Stream
from dojo.grading.sandbox.walls import (
    KIT,
    MARK,
    MIB,
    SCRATCH,
    SHARED,
    SUBMISSION,
    Errand,
    Level,
    Limits,
    Places,
    confined,
    spare_uid,
    walls,
)

# Seconds between two looks at what a run uses.
LOOK_S = 0.2
# Part of its time for which a run has to compute, so that the machine was not too busy for it.
MOSTLY = 0.5
INTERRUPTED = "grading was interrupted"


@dataclass(frozen=True)
class Ended:
    """How a run ended.

    Attributes:
        code: Exit code, negative for a signal; None if it was killed by us.
        killed: Why we killed it; empty otherwise.
        events: What it wrote to its report, as far as we read.
        output: The last of what it printed.
        seconds: Real time.
        late: Whether it was killed at its deadline.
        spent: Whether, then, it had computed for most of the time: another run would do the same.
    """

    code: int | None
    killed: str
    events: bytes
    output: str
    seconds: float
    late: bool = False
    spent: bool = False


under_way: set[Running] = set()
stopped = threading.Event()


def stop() -> None:
    """End all runs that are under way in other threads, and let none begin until `go_on`."""
    stopped.set()
    for running in tuple(under_way):
        running.killed = INTERRUPTED
        running.kill()


def go_on() -> None:
    """Let runs begin again."""
    stopped.clear()


class Running:
    """A run that is under way; as a context manager, it starts and surely ends.

    Attributes:
        started: Since when its real time counts; whoever gives a run several things to do may set
            it anew.
        streams: What else it writes to.
        processes: Those that were found when it was last looked at what the run uses.
        late: Whether it was killed at its deadline.
        ended: How it ended, once the block is left.
    """

    ended: Ended

    def __init__(self, level: Level, limits: Limits, errand: Errand) -> None:
        self.level, self.limits, self.errand = level, limits, errand
        self.uid: int = spare_uid(taken={other.uid for other in tuple(under_way)})
        self.killed = ""
        self.late = False
        self.computed = 0.0
        self.streams: list[Stream] = []
        self.processes: list[psutil.Process] = []
        self.token = secrets.token_hex(8)

    def __enter__(self) -> Running:
        if stopped.is_set():
            raise RuntimeError(INTERRUPTED)
        self.scratch = tempfile.mkdtemp(prefix="dojo-")
        if self.level.number == 1 and os.geteuid() == 0:
            os.chown(self.scratch, self.uid, self.uid)
        events, report = os.pipe()
        try:
            self.started = time.monotonic()
            self.child = subprocess.Popen(  # noqa: S603
                self.command(report),
                env=self.environment(),
                cwd=self.errand.kit,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[report, *self.errand.descriptors],
            )
        except OSError:
            os.close(events)
            shutil.rmtree(self.scratch, ignore_errors=True)
            raise
        finally:
            os.close(report)
        assert self.child.stdout is not None
        most = self.limits.output_mib * MIB
        self.report = Stream(os.fdopen(events, "rb", buffering=0), most, keep_head=True)
        self.output = Stream(self.child.stdout, most, keep_head=False)
        under_way.add(self)
        if stopped.is_set():  # since we looked: `stop` may not have seen this one
            self.killed = INTERRUPTED
            self.kill()
        return self

    def command(self, report: int) -> list[str]:
        """Return the whole command line."""
        kit, submission, shared = self.errand.kit, self.errand.submission, self.errand.shared
        if self.level.bwrap:
            there = SHARED if shared else ""
            places = Places(KIT, SUBMISSION, SCRATCH, there, report, self.uid)
            outside = walls(self.level.bwrap, self.limits, self.errand, self.uid)
        else:
            there = str(shared) if shared else ""
            user = self.uid if self.level.number and os.geteuid() == 0 else None
            places = Places(str(kit), str(submission), self.scratch, there, report, user)
            outside = []
        inside = confined(self.level, self.limits, self.uid, report)
        return [*outside, *inside, *self.errand.command(places)]

    def environment(self) -> dict[str, str]:
        """Return all variables of the run."""
        scratch = SCRATCH if self.level.bwrap else self.scratch
        library = f"{KIT}/library" if self.level.bwrap else str(self.errand.library)
        return {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": scratch,
            "TMPDIR": scratch,
            "USER": "nobody",
            "PYTHONPATH": library,
            "PYTHONSAFEPATH": "1",
            MARK: self.token,
            **self.errand.environment,
        }

    def wait(self) -> None:
        """Wait until it has ended by itself or broken a limit."""
        while self.child.poll() is None and not self.over_limit():
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.child.wait(LOOK_S)

    def over_limit(self) -> str:
        """Return which limit is broken; empty if none is. Noted as why it is killed."""
        limits = self.limits
        if time.monotonic() - self.started > limits.seconds:
            self.killed = f"it ran for more than {limits.seconds:g} s"
            self.late = True
            self.computed = sum(map(computed, self.tree()))
        elif any(stream.full for stream in (self.report, self.output, *self.streams)):
            self.killed = f"it wrote more than {limits.output_mib} MiB to its output"
        elif self.memory() > limits.memory_mib * MIB:
            self.killed = f"it used more than {limits.memory_mib} MiB of memory"
        elif not self.level.bwrap and size_of(self.scratch) > limits.disk_mib * MIB:
            self.killed = f"it wrote more than {limits.disk_mib} MiB of files"
        return self.killed

    def tree(self) -> list[psutil.Process]:
        """Return the processes of the run that can be found."""
        try:
            top = psutil.Process(self.child.pid)
            return [top, *top.children(recursive=True)]
        except psutil.Error:
            return []

    def memory(self) -> int:
        """Return the bytes that all processes hold: resident, or in files without a name."""
        total = 0
        nameless: dict[tuple[int, int], int] = {}
        self.processes = self.tree()
        for process in self.processes:
            with contextlib.suppress(psutil.Error):
                total += process.memory_info().rss
            nameless |= nameless_files(process.pid)
        return total + sum(nameless.values())

    def __exit__(self, *exception: object) -> None:
        under_way.discard(self)
        code = self.child.poll()
        seconds = time.monotonic() - self.started
        self.kill()
        self.report.close()
        self.output.close()
        shutil.rmtree(self.scratch, ignore_errors=True)
        output = self.output.data.decode(errors="replace")
        ended_itself = None if self.killed else code
        self.ended = Ended(
            ended_itself,
            self.killed,
            bytes(self.report.data),
            output,
            seconds,
            self.late,
            self.late and self.computed > self.limits.seconds * MOSTLY,
        )

    def kill(self) -> None:
        """End all processes of the run; those that left its tree, too."""
        doomed = self.tree()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.child.pid, signal.SIGKILL)
        if not self.level.bwrap:  # there, all die with the first of their namespace
            doomed += self.strays()
        for process in doomed:
            with contextlib.suppress(psutil.Error):
                process.kill()
        self.child.wait()

    def strays(self) -> list[psutil.Process]:
        """Return processes that are the run's: by their user, or by the mark they bear."""
        found = []
        other_user = self.level.number == 1 and os.geteuid() == 0
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if other_user:
                    mine = process.uids().real == self.uid
                else:
                    mine = process.environ().get(MARK) == self.token
                if mine:
                    found.append(process)
        return found


def computed(process: psutil.Process) -> float:
    """Return the seconds of processors that a process has had."""
    with contextlib.suppress(psutil.Error):
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0


def nameless_files(pid: int) -> dict[tuple[int, int], int]:
    """Return the bytes of files that a process has open and no folder holds, by device and inode.

    Files of memfd_create(2), say: memory that is nobody's resident memory until it is mapped.
    """
    found = {}
    with contextlib.suppress(OSError), os.scandir(f"/proc/{pid}/fd") as entries:
        for entry in entries:
            with contextlib.suppress(OSError):
                status = entry.stat()
                if stat.S_ISREG(status.st_mode) and not status.st_nlink:
                    found[status.st_dev, status.st_ino] = status.st_blocks * 512
    return found


def size_of(folder: str) -> int:
    """Return the bytes of all files below *folder*, as far as they can be seen."""
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(path, name)).st_blocks * 512
    return total
