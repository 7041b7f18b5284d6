"""``dojo hint``: help with the task at hand, a little more each time."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import RenderableType
from rich.text import Text

from dojo import catalogue, edition, hints, progress
from dojo.cli import go, screen
from dojo.model import DojoError, ExitCode, Kata
from dojo.progress import Progress

SUMMARY = "show the next hint for the task that fails first"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    go.add_kata(parser)
    parser.add_argument("--task", type=int, metavar="N", help="hints for another task of the kata")


def run(args: argparse.Namespace) -> int:
    """Print the hints of one task that have been shown before, and the next one."""
    root = catalogue.find_root(Path.cwd())
    kata = go.named_or_current(args.kata, root)
    task = args.task or progress.load(root).of(kata).task or 1
    for part in next_hint(kata, task, root)[1]:
        screen.console().print(part)
    return ExitCode.PASS


def next_hint(kata: Kata, task: int, root: Path) -> tuple[Progress, list[RenderableType]]:
    """Note that one more hint of a task is shown; return the progress, and all that is shown.

    Raises:
        DojoError: There is no such task, its hints are gone, or the note can't be written.
    """
    levels = of_task(kata, task)
    state = progress.show_hint(root, kata, task, most=len(levels))
    shown = state.of(kata).hints[str(task)]
    parts: list[RenderableType] = [
        Text(f"{kata.number} · task {task}: {kata.tasks[task - 1].title}", "bold")
    ]
    for number, text in enumerate(levels[:shown], start=1):
        parts += [Text(f"\nHint {number} of {len(levels)}", "dim"), screen.markdown(text)]
    if shown == len(levels):
        said = "That was the last."
        if kata.solutions.is_dir():
            said += f" `python3 -m dojo solution {kata.number} --give-up` shows an answer."
        parts.append(Text(f"\n{said}", "dim"))
    return state, parts


def of_task(kata: Kata, task: int) -> tuple[str, ...]:
    """Return the hints of one task.

    Raises:
        DojoError: The kata has no such task, or its hints are gone.
    """
    if not 1 <= task <= len(kata.tasks):
        raise DojoError(
            f"{kata.number} has no task {task}.\nIt has the tasks 1 to {len(kata.tasks)}.",
            code=ExitCode.USAGE,
        )
    if levels := hints.load(kata).get(task):
        return levels
    if not edition.has_hints(kata.folder.parents[1]):
        raise DojoError(
            f"This copy of the katas has no hints; katas/{kata.slug}/README.md is the brief.",
            code=ExitCode.USAGE,
        )
    raise DojoError(
        f"katas/{kata.slug}/hints.md: there is no hint for task {task}.\n"
        f"`git restore katas/{kata.slug}/hints.md` brings the file back as it was.",
        code=ExitCode.USAGE,
    )
