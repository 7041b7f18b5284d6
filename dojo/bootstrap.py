"""Runs the dojo where its dependencies are: in this interpreter, or in the clone's ``.venv``.

Every ``python3 -m dojo`` passes through here, so this imports little, and the standard library
alone. What it takes to make ``.venv`` is in `dojo.environment`, which only a set-up loads.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import re
import sys
import tomllib
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
# Written last, when everything is in: the fingerprint of what was installed.
STAMP = VENV / "dojo-stamp"
DISTRIBUTION = "async-django-dojo"
USAGE, INTERRUPTED = 2, 130


def main(argv: list[str]) -> int:
    """Run the command line *argv*, after a set-up if there has to be one; return its exit code."""
    try:
        return start(argv)
    except KeyboardInterrupt:
        print(
            "\nInterrupted. Nothing is lost: run the same command again to go on.", file=sys.stderr
        )
        return INTERRUPTED


def start(argv: list[str]) -> int:
    """Run *argv* here if this interpreter will do, else in ``.venv``."""
    try:
        dependencies = read_dependencies()
    except tomllib.TOMLDecodeError as error:
        print(
            f"{ROOT / 'pyproject.toml'}: this is no TOML any more: {error}.\n"
            "`git diff pyproject.toml` shows what has changed. Put it right, then run again.",
            file=sys.stderr,
        )
        return USAGE
    wanted = fingerprint(dependencies)
    inside = Path(sys.prefix).resolve() == VENV.resolve()
    if is_ready(dependencies, wanted, inside=inside):
        from dojo.cli import main as run

        return run(argv)
    if not inside and stamp() == wanted:
        # An OSError: the interpreter behind .venv has vanished, or is made for another machine.
        with contextlib.suppress(OSError):
            hand_over(argv)
    return set_up(dependencies, wanted) or hand_over(argv)


def read_dependencies() -> list[str]:
    """Return the requirements that pyproject.toml lists."""
    try:
        text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    except FileNotFoundError:
        return []  # installed without -e: there is no clone around us
    return list(tomllib.loads(text)["project"]["dependencies"])


def modules(dependencies: list[str]) -> list[str]:
    """Return the modules to look for: each of our dependencies is named after its module."""
    return [re.split(r"[^\w-]", name, maxsplit=1)[0].replace("-", "_") for name in dependencies]


def fingerprint(dependencies: list[str]) -> str:
    """Return what the stamp must hold; a clone that was moved needs a new installation too."""
    return hashlib.sha256("\n".join([str(ROOT), *dependencies]).encode()).hexdigest()


def stamp() -> str:
    """Return what the stamp holds; empty if there is none."""
    try:
        return STAMP.read_text(encoding="utf-8")
    except OSError:
        return ""


def is_ready(dependencies: list[str], wanted: str, *, inside: bool) -> bool:
    """Tell whether this interpreter has the project installed and can import what it needs.

    Args:
        inside: This interpreter is that of ``.venv``, where the stamp has a say.
    """
    stamped = stamp() if inside else ""
    if stamped not in ("", wanted):
        return False
    if not all(importlib.util.find_spec(name) for name in modules(dependencies)):
        return False
    return stamped == wanted or is_installed()


def is_installed() -> bool:
    """Tell whether pip has put the project into this interpreter, with the right versions."""
    from importlib import metadata  # takes 10 ms to import, and .venv does not need it

    try:
        metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return False
    return True


def set_up(dependencies: list[str], wanted: str) -> int:
    """Make ``.venv`` or mend it; return 0, or the exit code after saying what is in the way."""
    from dojo import environment
    from dojo.model import DojoError

    plan = environment.Plan(ROOT, VENV, PYTHON, STAMP, wanted, modules(dependencies))
    try:
        environment.make(plan)
    except DojoError as error:
        print(error, file=sys.stderr)
        return error.code
    return 0


def hand_over(argv: list[str]) -> NoReturn:
    """Become ``.venv``'s Python that runs *argv*.

    Raises:
        OSError: It can't be run.
    """
    # By path, not by -m: a folder or module `dojo` where the command was typed is not ours.
    command = [str(PYTHON), str(ROOT / "dojo"), *argv]
    os.environ.pop("PYTHONHOME", None)  # the standard library of another interpreter
    if sys.platform == "win32":
        import subprocess  # os.execv would give the prompt back while the dojo still runs

        sys.exit(subprocess.call(command))  # noqa: S603 - our own interpreter
    os.execv(PYTHON, command)  # noqa: S606 - our own interpreter
