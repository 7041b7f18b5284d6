"""Whose code may be accused: frames of the edited files, never of Django or of the dojo itself."""

from __future__ import annotations

import functools
import linecache
import os
import sysconfig
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

_INSTRUMENTS = Path(__file__).resolve().parent
_DOJO = _INSTRUMENTS.parent
_SITE = tuple(Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib"))
_STDLIB = tuple(Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib"))
# What calls tests and fixtures. None of the code under test stands further out.
_CALLERS = {("_pytest", "python.py"), ("_pytest", "fixtures.py"), ("pytest_asyncio", "plugin.py")}

_accused: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Spot:
    """One line of somebody's code; *path* is relative when it lies below the current folder."""

    path: str
    line: int
    function: str
    source: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} in {self.function}: `{self.source}`"


def set_accused(paths: Iterable[Path]) -> None:
    """Accuse only the code in *paths*, files or folders; without any, all that is not installed."""
    global _accused
    resolved = _resolved(tuple(paths), os.getcwd())
    if resolved != _accused:
        _accused = resolved
        is_learner.cache_clear()


def accused() -> tuple[Path, ...]:
    """Return what `set_accused` was told last, resolved."""
    return _accused


@functools.lru_cache(maxsize=8)
def _resolved(paths: tuple[Path, ...], here: str) -> tuple[Path, ...]:
    return tuple(path.resolve() for path in paths)


@functools.cache
def is_learner(filename: str) -> bool:
    """Say whether code compiled from *filename* may be accused."""
    if not _accused:
        return not is_installed(filename)
    # As text: asked for each file of a run, Django's included, that has any code on a stack.
    path = os.path.realpath(filename)
    return any(
        path == accused or path.startswith(accused + os.sep) for accused in map(str, _accused)
    )


@functools.cache
def is_installed(filename: str) -> bool:
    """Say whether *filename* came with Python, a package or the dojo: nobody here wrote it."""
    if not filename or filename.startswith("<"):
        return True
    path = Path(filename).resolve()
    return any(f in path.parents for f in (*_SITE, *_STDLIB, _DOJO)) or (
        "site-packages" in path.parts
    )


@functools.cache
def _passes_through(filename: str) -> bool:
    """Frames between a learner's call and our patch: the standard library's and our own."""
    if filename.startswith("<frozen"):
        return True
    path = Path(filename).resolve()
    if "site-packages" in path.parts:
        return False
    return any(folder in path.parents for folder in (*_STDLIB, _INSTRUMENTS))


@functools.cache
def _calls_tests(filename: str) -> bool:
    return Path(filename).parts[-2:] in _CALLERS


def nearest_learner_frame(frame: FrameType | None) -> FrameType | None:
    """Return the innermost frame of learner code, from *frame* outwards.

    Looked for at every hop, task and query, so it goes no further than to what has called the test:
    the most of the stack lies outside of that.
    """
    while frame is not None and not is_learner(filename := frame.f_code.co_filename):
        frame = None if _calls_tests(filename) else frame.f_back
    return frame


def direct_learner_caller(frame: FrameType | None) -> FrameType | None:
    """Return the nearest frame outside the standard library if it is learner code, else None.

    Frames of these instruments do not count either: patches may lie on top of each other.
    """
    while frame is not None and _passes_through(frame.f_code.co_filename):
        frame = frame.f_back
    if frame is None or not is_learner(frame.f_code.co_filename):
        return None
    return frame


def spot(frame: FrameType) -> Spot:
    """Name the line that *frame* stands on."""
    filename = frame.f_code.co_filename
    return Spot(
        path=shown(filename),
        line=frame.f_lineno,
        function=frame.f_code.co_name,
        source=linecache.getline(filename, frame.f_lineno).strip(),
    )


def told(error: BaseException) -> str:
    """Say what *error* is, and which line of learner code it came through last.

    For a suite that catches what the code under test raised, and fails in words of its own.
    """
    fact = f"{type(error).__name__}: {error}"
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        code = frame.f_code
        if is_learner(code.co_filename):
            source = linecache.getline(code.co_filename, line).strip()
            found = Spot(shown(code.co_filename), line, code.co_name, source)
            # The guards name the line themselves.
            return fact if str(found) in fact else f"{fact}\n    at {found}"
    return fact


def shown(filename: str) -> str:
    """Return *filename* relative to the current folder when it lies below it."""
    return _shown(filename, os.getcwd())


@functools.cache
def _shown(filename: str, here: str) -> str:
    # Asked for at every simulated call and every task: resolving a path each time took half of it.
    path = Path(filename).resolve()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
