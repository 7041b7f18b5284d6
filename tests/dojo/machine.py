"""A machine for the tests of ``python3 -m dojo``: a small clone, and a fake uv on an empty PATH."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.dojo.house import CLONE

# Not the environment that runs these tests: in it the project is installed already.
PYTHON = getattr(sys, "_base_executable", sys.executable)
BOOT = ("__init__", "__main__", "bootstrap", "environment", "interpreters", "model", "shell")
CLI = "import sys\ndef main(argv):\n    print('dojo', *argv, 'in', sys.prefix)\n    return 7\n"
PROJECT = '[project]\nname = "async-django-dojo"\nversion = "1"\ndependencies = {}\n'
# Stands for uv: writes down that it was called and does what the test says.
UV = '#!/bin/sh\necho "$@" >> "$UV_CALLS"\necho "Downloading django (7.9MiB)"\n{}\n'


@dataclass(frozen=True)
class Machine:
    """A clone, and a PATH and a HOME that hold nothing but what the test puts there."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> Self:
        """Make a clone of the modules that start the dojo, with a command line of two lines."""
        machine = cls(folder)
        (folder / "bin").mkdir()
        (machine.clone / "dojo/cli").mkdir(parents=True)
        for name in BOOT:
            shutil.copy(CLONE / f"dojo/{name}.py", machine.clone / "dojo")
        (machine.clone / "dojo/cli/__init__.py").write_text(CLI)
        (machine.clone / "pyproject.toml").write_text(PROJECT.format("[]"))
        machine.uv()
        return machine

    @property
    def clone(self) -> Path:
        """Root of the clone."""
        return self.folder / "clone"

    @property
    def venv(self) -> Path:
        """The environment that the dojo makes."""
        return self.clone / ".venv"

    @property
    def environ(self) -> dict[str, str]:
        """Environment variables of whoever starts the dojo."""
        calls = str(self.folder / "calls")
        return {"PATH": str(self.folder / "bin"), "HOME": str(self.folder), "UV_CALLS": calls}

    @property
    def calls(self) -> list[str]:
        """What uv was called with, one line a call."""
        path = self.folder / "calls"
        return path.read_text().splitlines() if path.exists() else []

    def add_program(self, name: str, script: str) -> Path:
        """Put a shell script on PATH."""
        path = self.folder / "bin" / name
        path.write_text(script)
        path.chmod(0o755)
        return path

    def uv(self, then: str = "") -> None:
        """Put a uv on PATH that installs nothing and goes on with *then*."""
        self.add_program("uv", UV.format(then))

    def remove_uv(self) -> None:
        """Leave nothing but pip to install with."""
        (self.folder / "bin/uv").unlink()

    def require(self, *requirements: str) -> None:
        """Let these be the dependencies of the project."""
        text = PROJECT.format(list(requirements))
        (self.clone / "pyproject.toml").write_text(text)

    def start(
        self, *words: str, python: Sequence[str] = (PYTHON,), cwd: str = "clone", **more: str
    ) -> subprocess.Popen[str]:
        """Start the dojo, with *more* environment variables."""
        return subprocess.Popen(
            [*python, *(words or ("-m", "dojo", "list"))],
            cwd=self.folder / cwd,
            env=self.environ | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(
        self, *words: str, python: Sequence[str] = (PYTHON,), cwd: str = "clone", **more: str
    ) -> Ended:
        """Run the dojo to its end."""
        with self.start(*words, python=python, cwd=cwd, **more) as process:
            out, err = process.communicate()
        return Ended(process.returncode, out, err)


@dataclass(frozen=True)
class Ended:
    """How a process ended."""

    code: int
    out: str
    err: str
