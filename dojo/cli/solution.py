"""``dojo solution``: an answer, beside the learner's own, with what there is to say about it."""

from __future__ import annotations

import argparse
import difflib
from pathlib import Path

from dojo import catalogue, edition, progress
from dojo.cli import go, screen
from dojo.model import DojoError, ExitCode, Kata

SUMMARY = "show the reference answer as a difference to yours, after you have solved the kata"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    go.add_kata(parser)
    parser.add_argument(
        "--give-up", action="store_true", help="show it before you have solved the kata"
    )


def run(args: argparse.Namespace) -> int:
    """Print the difference, and the notes."""
    root = catalogue.find_root(Path.cwd())
    edition.require_solutions(root)
    kata = go.named_or_solved(args.kata, root)
    if not progress.load(root).may_see_answer(kata):
        if not args.give_up:
            raise DojoError(
                f"{kata.number} is not solved yet.\n"
                f"`python3 -m dojo hint {kata.number}` helps a little; "
                f"`python3 -m dojo solution {kata.number} --give-up` shows the answer all the "
                "same, and notes that.",
                code=ExitCode.USAGE,
            )
        progress.give_up(root, kata)
    console = screen.console()
    console.print(screen.difference(difference(kata, root)))
    console.print(screen.markdown(notes(kata, root)))
    return ExitCode.PASS


def difference(kata: Kata, root: Path) -> str:
    """Return what leads from the learner's files to the answer's, as a unified diff.

    Raises:
        DojoError: The answer is not in this copy of the repository.
    """
    lines: list[str] = []
    for name in kata.edit:
        answer = catalogue.read_text(kata.solutions / "answer" / name, root)
        path = kata.folder / name
        mine = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        lines += difflib.unified_diff(
            mine.splitlines(),
            answer.splitlines(),
            f"katas/{kata.slug}/{name} (yours)",
            f"solutions/{kata.slug}/answer/{name}",
            lineterm="",
        )
    return "\n".join(lines) or "Your files are the same as the answer's."


def notes(kata: Kata, root: Path) -> str:
    """Return what the answer's author says about it, as Markdown."""
    return catalogue.read_text(kata.solutions / "README.md", root)
