"""``dojo list``: all katas, with what is solved."""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path
from typing import Any

from dojo import catalogue, course, progress, versions
from dojo.cli import screen
from dojo.model import Chapter, ExitCode, Kata
from dojo.progress import Progress

SUMMARY = "show all katas and which of them you have solved"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "words",
        nargs="*",
        help="only katas about this: words of their titles or concepts, or `chapter 4`",
    )
    parser.add_argument("--json", action="store_true", help="for editors and scripts")


def run(args: argparse.Namespace) -> int:
    """Print the katas by chapter, and a progress bar."""
    root = catalogue.find_root(Path.cwd())
    katas, state = catalogue.load(root), progress.load(root)
    found = course.search(katas, " ".join(args.words))
    here = course.here(katas, state)
    if args.json:
        screen.print_json([as_table(kata, state, here) for kata in found])
        return ExitCode.PASS
    chapters, console = catalogue.chapters(root), screen.console()
    for number, group in itertools.groupby(found, key=lambda kata: kata.chapter):
        chapter = chapters.get(number) or Chapter(number, f"Chapter {number}", "")
        console.print(f"{number} · {chapter.title}", style="bold", end="  ", markup=False)
        console.print(chapter.subtitle, style="dim", markup=False)
        for kata in group:
            sign, word, style = standing(kata, state, here)
            about = f"{kata.title:<34} {kata.level:<9} {kata.minutes:>3} min"
            line = f"  {sign} {kata.number}  {about}  {word}".rstrip()
            console.print(line, style=style, markup=False)
        console.print()
    if not found:
        console.print("No kata is about that. Without words, `dojo list` shows them all.\n")
    console.print(screen.bar(sum(map(state.is_solved, katas)), len(katas)))
    return ExitCode.PASS


def standing(kata: Kata, state: Progress, here: Kata | None) -> tuple[str, str, str]:
    """Return how a kata stands: a sign, a word, and a style for its line."""
    if state.is_outdated(kata):
        return "?", "check again: its suite has changed", "yellow"
    if kata == here:
        return ">", "you are here", "bold"
    if state.is_solved(kata):
        return "✓", "solved", "green"
    if reason := versions.not_for_here(kata):
        return "-", reason.partition(" ")[2], "dim"
    return " ", "", ""


def as_table(kata: Kata, state: Progress, here: Kata | None) -> dict[str, Any]:
    """Return what `--json` prints of one kata; docs/editors.md describes it."""
    entry = state.of(kata)
    return {
        "kata": kata.slug,
        "title": kata.title,
        "chapter": kata.chapter,
        "concepts": list(kata.concepts),
        "level": kata.level,
        "minutes": kata.minutes,
        "edit": [f"katas/{kata.slug}/{name}" for name in kata.edit],
        "here": kata == here,
        "solved": entry.solved or None,
        "check_again": state.is_outdated(kata),
        "gave_up": entry.gave_up or None,
        "seconds": entry.seconds,
        "hints": dict(entry.hints),
        "not_for_here": versions.not_for_here(kata) or None,
    }
