"""What judges: pristine files of this copy of the project, one small project for each kata.

Nothing in a kit comes from a submission, nor from what the instructor has half solved: stubs stand
where a learner's files would be. Answers and hidden tests are not in it; see `Kit.hidden`.
"""

from __future__ import annotations

import compileall
import functools
import hashlib
import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import dojo
from dojo import catalogue, reset
from dojo.blackbox import checks
from dojo.model import Case, DojoError, ExitCode, Kata, State
from dojo.runner import cold

CACHES = shutil.ignore_patterns("__pycache__", "*.pyc")
# What judges from outside has no business inside.
UNSEEN = shutil.ignore_patterns("__pycache__", "*.pyc", checks.FILE)
LIBRARY = "library"
# Packages that decide what a suite sees.
PACKAGES = ("django", "asgiref", "pytest", "pytest-asyncio", "pytest-django", "pytest-timeout")


@dataclass(frozen=True)
class Kit:
    """All that is needed to judge.

    Attributes:
        folder: Holds ``library``, with the dojo, and a folder for each kata.
        digest: SHA-256 of files and versions, hexadecimal: the same kit gives the same marks.
        hidden: Instructor's folder with further suites for some katas, as ``<slug>/test_*.py``.
        versions: What the verdicts rest on, by name.
    """

    folder: Path
    katas: tuple[Kata, ...]
    digest: str
    hidden: Path | None
    versions: dict[str, str]

    @property
    def library(self) -> Path:
        """Folder that holds the package of the dojo."""
        return self.folder / LIBRARY

    def project(self, kata: Kata) -> Path:
        """Return the folder of the small project that judges *kata*."""
        return self.folder / kata.slug


def build(root: Path, katas: Iterable[Kata], folder: Path, hidden: Path | None = None) -> Kit:
    """Make a kit in *folder*, which exists and is empty.

    Raises:
        DojoError: A file is missing or can't be copied, or *hidden* holds no suite.
    """
    katas = tuple(katas)
    suites = hidden_suites(hidden, katas)
    os.chmod(folder, 0o755)  # noqa: S103 - who runs in the sandbox is another user
    versions = versions_here()
    outside = {kata.slug: kata.suite / checks.FILE for kata in katas}
    try:
        shutil.copytree(Path(dojo.__file__).parent, folder / LIBRARY / "dojo", ignore=CACHES)
        for kata in katas:
            copy_kata(root, kata, folder / kata.slug)
        digest = digest_of(folder, suites, outside, versions)
        add_bytecode(Path(dojo.__file__).parent, folder / LIBRARY / "dojo")
    except OSError as error:
        raise DojoError(
            f"The files that judge can't be copied: {error}.\n"
            f"They need some space in {folder.parent}; then run the command again."
        ) from error
    return Kit(folder, katas, digest, hidden, versions)


def add_bytecode(source: Path, target: Path) -> None:
    """Put bytecode beside the modules in *target*: that of *source*, made once for all kits.

    Python itself sees whether a file of bytecode belongs to the module beside it.
    """
    if not sys.dont_write_bytecode:
        compileall.compile_dir(source, quiet=2, workers=1)
    for path in target.rglob("*.py"):
        made, place = (
            Path(importlib.util.cache_from_source(str(at)))
            for at in (source / path.relative_to(target), path)
        )
        if made.is_file():
            place.parent.mkdir(exist_ok=True)
            shutil.copy(made, place)
    compileall.compile_dir(target, quiet=2, workers=1)  # what is still missing


def copy_kata(root: Path, kata: Kata, target: Path) -> None:
    """Copy what the suite of *kata* needs, with the stubs in place."""
    shutil.copytree(root / "katas" / "config", target / "katas" / "config", ignore=CACHES)
    shutil.copytree(root / "katas" / "newsroom", target / "katas" / "newsroom", ignore=CACHES)
    shutil.copytree(kata.folder, target / "katas" / kata.slug, ignore=CACHES)
    shutil.copytree(kata.suite, target / "tests" / kata.slug, ignore=UNSEEN)
    for path in (*root.glob("katas/*.py"), root / "katas" / "chapters.toml"):
        shutil.copy2(path, target / "katas")
    shutil.copy2(root / "pyproject.toml", target)
    (target / LIBRARY).mkdir()
    for name in kata.edit:
        (target / "katas" / kata.slug / name).write_bytes(reset.read_stub(root, kata, name))
    for pattern in kata.may_add:
        for path in (target / "katas" / kata.slug).glob(pattern):
            if path.name not in kata.edit:
                path.unlink()


def hidden_suites(hidden: Path | None, katas: Iterable[Kata]) -> dict[str, list[Path]]:
    """Return the files of hidden suites by slug."""
    if hidden is None:
        return {}
    found = {
        kata.slug: files for kata in katas if (files := sorted((hidden / kata.slug).glob("*.py")))
    }
    if not found:
        raise DojoError(
            f"--hidden {hidden}: there is no suite for any of these katas.\n"
            "Put test_*.py files into folders named like k102_fan_out.",
            code=ExitCode.USAGE,
        )
    return found


def digest_of(
    folder: Path,
    hidden: dict[str, list[Path]],
    outside: dict[str, Path],
    versions: dict[str, str],
) -> str:
    """Return the SHA-256 of everything that a verdict rests on.

    Args:
        outside: Where the black-box checks of a kata would stand; they judge, and are not shown.
    """
    digest = hashlib.sha256()
    for name, data in [
        *(contents(folder)),
        *((f"hidden/{slug}/{path.name}", path) for slug in hidden for path in hidden[slug]),
        *((f"outside/{slug}", path) for slug, path in outside.items() if path.is_file()),
    ]:
        digest.update(f"{name}\0".encode() + hashlib.sha256(data.read_bytes()).digest())
    digest.update(repr(sorted(versions.items())).encode())
    return digest.hexdigest()


def contents(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield name and path of every file below *folder*, sorted by name."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path


def versions_here() -> dict[str, str]:
    """Return the versions that a verdict rests on, by name."""
    return {
        "dojo": dojo.__version__,
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in PACKAGES},
    }


def with_hidden(project: Path, slug: str, hidden: Path) -> Path:
    """Return a project like *project* whose suite is the hidden one, with the helpers of both."""
    other = project.with_name(f"{slug}-hidden")
    if not other.is_dir():
        shutil.copytree(project, other, ignore=CACHES)
        suite = other / "tests" / slug
        for path in suite.glob("test_*.py"):
            path.unlink()
        for path in hidden.glob("*.py"):
            shutil.copy2(path, suite)
        # What a run of the suite that is handed out says, its learner sees: it can't read this one.
        other.chmod(0o700)
    return other


def manifest(project: Path, slug: str, environment: Mapping[str, str]) -> tuple[Case, ...]:
    """Return all tests of a project, as pytest collects them from the stub.

    Args:
        environment: Further variables of the process that collects.

    Raises:
        DojoError: They can't be collected, or there are none: a fault of the kit.
    """
    kata = catalogue.read_kata(project, project / "katas" / slug)
    if not isinstance(kata, Kata):
        raise DojoError("\n".join(str(problem) for problem in kata))
    spawn = functools.partial(cold.spawn_fresh, variables=environment)
    run = cold.run(kata, project, options=["--collect-only"], spawn=spawn)
    if run.obstacles or not run.results:
        said = run.obstacles[0].message if run.obstacles else "it holds no test"
        raise DojoError(f"The suite of {slug} can't be collected: {said}")
    if any(result.state is not State.MISSING for result in run.results):
        raise DojoError(f"The suite of {slug} ran when it was only to be collected.")
    return tuple(result.case for result in run.results)
