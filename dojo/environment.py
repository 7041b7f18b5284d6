"""Makes the ``.venv`` that the dojo runs in, or mends it; standard library alone.

Whatever interrupts it, the next run goes on: the stamp is written last, a folder that we left
half-made is emptied and filled anew, and a folder that somebody else made is only added to.
"""

from __future__ import annotations

import contextlib
import errno
import importlib.util
import os
import re
import shutil
import sys
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from dojo import interpreters
from dojo.model import DojoError, ExitCode
from dojo.shell import Shell, Ticker

OLDEST = (3, 11)
LOG = "dojo-setup.log"
# Stands in a .venv that we made and have not finished: all in it is ours.
UNFINISHED = "dojo-unfinished"
# What a package index that can't be reached looks like, in the words of pip and of uv.
UNREACHABLE = (
    r"Failed to establish a new connection: [^')]*",
    r"failed to lookup address information[^)]*|dns error|error sending request",
    r"connection broken by .{,80}|[Tt]imed out|ProxyError|Connection (?:refused|reset)",
)


@dataclass(frozen=True)
class Plan:
    """What is to be made, and where.

    Attributes:
        wanted: Text of the stamp once everything is in.
        modules: What must be importable then.
    """

    root: Path
    venv: Path
    python: Path
    stamp: Path
    wanted: str
    modules: list[str]

    def stamped(self) -> str:
        """Return what the stamp holds now; empty if there is none."""
        return self.stamp.read_text(encoding="utf-8") if self.stamp.is_file() else ""


def make(plan: Plan) -> None:
    """Make or mend the environment.

    Raises:
        DojoError: With code USAGE if something has to be changed first, with code FAULT if the
            same command may well work when it is run again.
    """
    before = plan.stamped()
    try:
        with only_one(plan.root / ".dojo" / "setup.lock") as lock:
            # Another terminal may have done it while we waited.
            if plan.stamped() == before or plan.stamped() != plan.wanted:
                build(plan, lock)
    except OSError as error:
        raise cannot_write(error, plan) from error


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[IO[str]]:
    """Hold the lock *path*, after waiting for any other process that does; it ends with us."""
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        if not try_lock(file):
            print("Another terminal is setting the dojo up; waiting for it.", file=sys.stderr)
            while not try_lock(file):
                time.sleep(0.1)
        yield file


def try_lock(file: IO[str]) -> bool:
    """Lock *file* until it is closed, unless another process has locked it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True  # a file system without locks: better unguarded than not at all
    return True


def build(plan: Plan, lock: IO[str]) -> None:
    """Do the three steps: environment, packages, check."""
    started = time.monotonic()
    uv = shutil.which("uv")
    version = version_of(plan)
    if version is None and not (has("venv") and (uv or has("ensurepip"))):
        raise no_ensurepip()
    claim(plan.venv)
    plan.stamp.unlink(missing_ok=True)
    print(f"Setting up {plan.venv}: once, usually in less than a minute.", file=sys.stderr)
    with (
        (plan.venv / LOG).open("w", encoding="utf-8") as log,
        Ticker(sys.stderr, steps=3) as ticker,
    ):
        shell = Shell(log, ticker, environ(), lock)
        ticker.step("making the environment")
        if version is None:
            remove_interpreter(plan.python.parent)
            if not shell.run(sys.executable, "-Im", "venv", "--without-pip", str(plan.venv)):
                raise failed("Python could not make the environment", shell, plan)
        ticker.step("installing the packages")
        install(plan, shell, uv)
        ticker.step("trying them")
        trial = f"import {', '.join(['sys', *plan.modules])}"
        if not shell.run(str(plan.python), "-Ic", trial):
            raise failed("The packages are in, but can't be used", shell, plan)
    (plan.venv / UNFINISHED).unlink(missing_ok=True)
    plan.stamp.write_text(plan.wanted, encoding="utf-8")
    print(f"Ready after {time.monotonic() - started:.0f} s.\n", file=sys.stderr)


def version_of(plan: Plan) -> tuple[int, int, int] | None:
    """Return the version of the interpreter in ``.venv``; None if there is none that works."""
    if (plan.venv / UNFINISHED).exists():
        return None
    try:
        version, _ = interpreters.ask(plan.python)
    except interpreters.NoAnswerError:
        return None
    if version is None or version < OLDEST:
        number = ".".join(map(str, version or ())) or "something that is not CPython"
        raise DojoError(
            f"{plan.venv} was made with Python {number}; the dojo needs 3.{OLDEST[1]} or later.\n"
            "Rename that folder, then run the same command again.",
            code=ExitCode.USAGE,
        )
    return version


def claim(venv: Path) -> None:
    """Create the folder, or empty it if it is one that we left unfinished."""
    if os.path.lexists(venv) and not venv.is_dir():
        raise DojoError(
            f"{venv} is a file; the dojo keeps its packages in a folder of that name.\n"
            "Rename the file, then run the same command again.",
            code=ExitCode.USAGE,
        )
    venv.mkdir(exist_ok=True)
    ours = venv / UNFINISHED
    if ours.exists():
        for path in venv.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path != ours:
                path.unlink()
    elif not any(venv.iterdir()):
        ours.write_text("The dojo may empty this folder.\n", encoding="utf-8")


def remove_interpreter(folder: Path) -> None:
    """Remove links to an interpreter that does not work: `venv` would leave them as they are."""
    for path in folder.glob("python*"):
        if re.fullmatch(r"python[\d.]*(\.exe)?", path.name):
            path.unlink()


def has(module: str) -> bool:
    """Tell whether this interpreter has *module*, without importing it."""
    return importlib.util.find_spec(module) is not None


def install(plan: Plan, shell: Shell, uv: str | None) -> None:
    """Install the project in place with uv, or with pip where there is no uv or it fails."""
    python, project = str(plan.python), str(plan.root)
    with_uv = (uv or "", "pip", "install", "--python", python, "--compile-bytecode", "-e", project)
    if uv and shell.run(*with_uv):
        return
    # uv does not read pip.conf: behind a company's mirror pip may reach what uv does not.
    problem = failed("The packages could not be installed", shell, plan) if uv else no_ensurepip()
    pip = (python, "-Im", "pip")
    if not shell.run(*pip, "--version"):
        if not has("ensurepip"):
            raise problem
        if not shell.run(python, "-Im", "ensurepip"):
            raise failed("pip could not be installed", shell, plan)
    if not shell.run(*pip, "install", "--no-input", "--progress-bar=off", "-e", project):
        raise failed("The packages could not be installed", shell, plan)


def environ() -> dict[str, str]:
    """Return our environment without what would lead pip, uv or Python elsewhere."""
    elsewhere = re.compile(
        r"PYTHON.*|__PYVENV_LAUNCHER__|VIRTUAL_ENV|CONDA_PREFIX|UV_SYSTEM_PYTHON|UV_PYTHON"
        r"|PIP_(TARGET|PREFIX|ROOT|PYTHON|REQUIRE_\w+|NO_DEPS|DRY_RUN|QUIET)"
    )
    kept = {name: value for name, value in os.environ.items() if not elsewhere.fullmatch(name)}
    # Without a network, pip's five retries with growing pauses take a quarter of a minute.
    patience = {"PIP_RETRIES": "1", "UV_HTTP_RETRIES": "1"}
    fixed = {
        "PIP_USER": "0",  # overrules pip.conf as well
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "UV_PYTHON_DOWNLOADS": "never",
    }
    return patience | kept | fixed


def failed(what: str, shell: Shell, plan: Plan) -> DojoError:
    """Return the error for a command that failed: what, why, where to read on, what next."""
    cause = first_match(UNREACHABLE, shell.tail)
    if cause:
        why = f"the package index does not answer ({cause})"
        remedy = "Check the connection, and the proxy or the mirror if you use one; then run"
    else:
        why = first_match((r"ERROR: .*", r"(?:error|\w+Error): .*", r".+"), shell.tail)
        remedy = "Run"
    return DojoError(
        f"{what}: {why or 'no reason given'}.\n"
        f"{plan.venv / LOG} has the whole story.\n"
        f"{remedy} the same command again: nothing needs cleaning up.",
        code=ExitCode.FAULT,
    )


def first_match(patterns: Iterable[str], lines: Collection[str]) -> str:
    """Return what the first of *patterns* that occurs in *lines* matches; empty if none does."""
    found = (re.search(pattern, line) for pattern in patterns for line in lines)
    return next((match[0].strip() for match in found if match), "")


def no_ensurepip() -> DojoError:
    """Return the error for a Python without `venv`, as bare Debian and Ubuntu have it."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    remedy = (
        f"Install it with `sudo apt install python{version}-venv`"
        if shutil.which("apt-get")
        else "Install your system's package for venv and ensurepip"
    )
    return DojoError(
        f"Python {version} ({sys.executable}) came without `venv` and `ensurepip`, which the dojo "
        f"needs to set itself up.\n{remedy}, then run the same command again.",
        code=ExitCode.USAGE,
    )


def cannot_write(error: OSError, plan: Plan) -> DojoError:
    """Return the error for a file that could not be written.

    USAGE, not FAULT: to run the same command again is of no use before something is changed.
    """
    remedy = (
        "Make room on the disk"
        if error.errno == errno.ENOSPC
        else "Make the folder writable, or clone the repository into a folder of your own"
    )
    return DojoError(
        f"{error.filename or plan.venv}: {error.strerror}.\n"
        f"The dojo keeps its packages and your progress in {plan.root}.\n"
        f"{remedy}; then run the same command again.",
        code=ExitCode.USAGE,
    )
