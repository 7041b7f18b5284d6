"""What is told of an error: its facts, its type, and the learner's line that it came from."""

from __future__ import annotations

import linecache
import traceback
from pathlib import Path

import pytest

from dojo import suites
from dojo.instruments import learner


def describe(error: BaseException) -> dict[str, str]:
    """Return message, type and the learner's line of *error*."""
    if isinstance(error, SyntaxError) and error.filename:
        where = f"{shorten(error.filename)}:{error.lineno}"
        line = (error.text or "").rstrip()
        return {
            "message": f"{error.msg}\n    {line.strip()}",
            "error": "SyntaxError",
            "where": where,
        }
    return {
        "message": facts_of(error),
        # The instruments fail a test with kinds of their own; for a reader they are all one.
        "error": "Failed" if isinstance(error, pytest.fail.Exception) else type(error).__name__,
        "where": learner_line(error),
    }


def facts_of(error: BaseException) -> str:
    """Return what an error says, without what pytest adds to an assertion that has a message.

    The suite's message says what was seen and what was expected. pytest's own account of the
    comparison comes after it, and plain `pytest` shows it.
    """
    text = text_of(error)
    if isinstance(error, AssertionError) and not text.startswith("assert "):
        text = text.partition("\nassert ")[0]
    # The instruments add what they saw besides: a coroutine that nobody awaited, say.
    return "\n".join([text.rstrip(), *getattr(error, "__notes__", ())])


def text_of(error: BaseException) -> str:
    """Return an error's text; an answer may have written the method that gives it."""
    try:
        return str(error)
    except Exception as another:
        return f"(its text can't be shown: {type(another).__name__} in its __str__)"


def learner_line(error: BaseException) -> str:
    """Return the innermost line of the learner's code in a traceback, as ``file:line: code``."""
    found = ""
    # Not `extract_tb`, which reads the line of every frame.
    for frame, line in traceback.walk_tb(error.__traceback__):
        filename = frame.f_code.co_filename
        if learner.is_learner(filename) and is_kata(filename):
            linecache.checkcache(filename)
            code = linecache.getline(filename, line).strip()
            found = f"{shorten(filename)}:{line}: {code}"
    return found


def is_kata(filename: str) -> bool:
    """Tell a kata's file from a suite's: before any test runs, every file counts as a learner's."""
    return not Path(filename).is_relative_to(Path.cwd() / suites.TESTS)


def shorten(filename: str) -> str:
    """Return a path relative to the folder of the run, if it is inside."""
    path = Path(filename)
    return path.relative_to(Path.cwd()).as_posix() if path.is_relative_to(Path.cwd()) else filename
