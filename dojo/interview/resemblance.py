"""Which known wrong answers an answer resembles: they fail the same tests, and look alike."""

from __future__ import annotations

import ast
import difflib
import re
from dataclasses import dataclass
from pathlib import Path

from dojo import catalogue
from dojo.blackbox import checks
from dojo.model import Kata, Rejected, Run

MOST = 3
# Comparing is quadratic; an answer to a kata is a hundredth of this.
LONGEST = 60_000
WORDS = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True)
class Resemblance:
    """A wrong answer that fails the same tests.

    Attributes:
        likeness: How much of the code is the same, from 0 to 1.
    """

    name: str
    lesson: str
    likeness: float


def find(kata: Kata, root: Path, run: Run, answer: Path) -> tuple[Resemblance, ...]:
    """Return what the files in *answer* resemble, the likest first; nothing if they pass."""
    # What is seen from outside has no say in `caught_by`.
    failures = [one for one in run.failures if not one.case.id.startswith(f"{checks.FILE}::")]
    failing = {result.case.function for result in failures}
    if not failing or run.obstacles or is_unwritten(run) or not kata.solutions.is_dir():
        return ()
    found = [
        Resemblance(rejected.name, rejected.lesson, likeness(kata, rejected, answer))
        for rejected in catalogue.solutions(kata, root).rejected
        if set(rejected.caught_by) == failing
    ]
    return tuple(sorted(found, key=lambda one: (-one.likeness, one.name))[:MOST])


def is_unwritten(run: Run) -> bool:
    """Tell whether a stub's own error is among the failures: where nothing is, nothing is alike."""
    mark = NotImplementedError.__name__
    return any(mark in f"{result.error} {result.message}" for result in run.failures)


def likeness(kata: Kata, rejected: Rejected, answer: Path) -> float:
    """Return how much of the files that both have is the same, from 0 to 1."""
    pairs = [
        (words((answer / name).read_bytes()), words((rejected.folder / name).read_bytes()))
        for name in kata.edit
        if (answer / name).is_file() and (rejected.folder / name).is_file()
    ]
    matching = sum(
        2 * sum(block.size for block in matcher(*pair).get_matching_blocks()) for pair in pairs
    )
    return matching / (sum(len(one) + len(other) for one, other in pairs) or 1)


def matcher(one: list[str], other: list[str]) -> difflib.SequenceMatcher[str]:
    """Return what compares two lists of words."""
    return difflib.SequenceMatcher(None, one, other, autojunk=False)


def words(code: bytes) -> list[str]:
    """Return *code* word by word, without comments, docstrings and layout.

    None, if it is not Python or too long.
    """
    if len(code) > LONGEST:
        return []
    try:
        tree = ast.parse(code)
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if isinstance(body, list):
                # What stands there for itself, a docstring above all, does nothing.
                node.body = [one for one in body if not is_text(one)]  # type: ignore[attr-defined]
        return WORDS.findall(ast.unparse(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def is_text(node: ast.AST) -> bool:
    """Tell whether a statement is nothing but a string."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
