"""The hints of a kata: a few levels a task, each of which says more than the one before it."""

from __future__ import annotations

import re
from pathlib import Path

from dojo.model import Kata, Task

HEADING = re.compile(r"^## Task (\d+): (.+)$")
LEVEL = re.compile(r"^[1-9]\. ")


def load(kata: Kata) -> dict[int, tuple[str, ...]]:
    """Return the hints of *kata* by the number of the task, as Markdown; {} if it has none."""
    path = kata.folder / "hints.md"
    if not path.is_file():
        return {}
    found: dict[int, list[str]] = {}
    levels: list[str] | None = None
    for line in path.read_text(encoding="utf-8").splitlines():
        if heading := HEADING.match(line):
            levels = found.setdefault(int(heading[1]), [])
        elif line.startswith("#"):
            levels = None
        elif levels is None:
            continue
        elif LEVEL.match(line):
            levels.append(LEVEL.sub("", line))
        elif levels:
            # A list item goes on: its indent is no part of what it says.
            levels[-1] += "\n" + line.removeprefix("   ")
    return {task: tuple(text.strip() for text in texts) for task, texts in found.items()}


def headings(path: Path) -> list[Task]:
    """Return the tasks that the headings of a ``hints.md`` name, in file order."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return [
        Task(int(match[1]), match[2].strip()) for line in lines if (match := HEADING.match(line))
    ]
