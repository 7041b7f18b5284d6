"""Looks for answers and hints in what is handed out."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping

from dojo import hints, reset
from dojo.model import Kata
from tests.dojo.house import CLONE

# Shorter lines stand everywhere.
LEAST_LINE, LEAST_HINT = 24, 20
# So much of what only an answer says makes a leak.
SHARE, LEAST_LINES = 0.6, 3


def leaks(files: Mapping[str, bytes], katas: Iterable[Kata], *, hints_too: bool) -> list[str]:
    """Return which of *files* hold an answer, right or wrong, or a hint of *katas*."""
    texts = {path: data.decode(errors="replace") for path, data in files.items()}
    lines = {path: lines_of(text) for path, text in texts.items()}
    flat = {path: " ".join(text.split()) for path, text in texts.items()}
    found = []
    for kata in katas:
        for answer, own in answers(kata):
            found += [
                f"{path} holds {answer}"
                for path, there in lines.items()
                if len(own & there) >= SHARE * len(own)
            ]
        for hint in hints_of(kata) if hints_too else ():
            found += [f"{path} holds a hint: {hint}" for path, text in flat.items() if hint in text]
    return found


@functools.cache
def answers(kata: Kata) -> tuple[tuple[str, frozenset[str]], ...]:
    """Return every answer to *kata*, right or wrong, with the lines that are its own."""
    return tuple(read_answers(kata))


def read_answers(kata: Kata) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield what `answers` returns."""
    stubs = frozenset[str]().union(
        *(lines_of(reset.read_stub(CLONE, kata, name).decode()) for name in kata.edit)
    )
    for path in sorted(kata.solutions.rglob("*.py")):
        own = lines_of(path.read_text(encoding="utf-8")) - stubs
        if len(own) >= LEAST_LINES:
            yield path.relative_to(CLONE).as_posix(), own


def lines_of(text: str) -> frozenset[str]:
    """Return the lines that say something."""
    return frozenset(one for line in text.splitlines() if len(one := line.strip()) >= LEAST_LINE)


def hints_of(kata: Kata) -> Iterator[str]:
    """Yield the hints of *kata*, each on one line."""
    for levels in hints.load(kata).values():
        yield from (one for level in levels if len(one := " ".join(level.split())) >= LEAST_HINT)
