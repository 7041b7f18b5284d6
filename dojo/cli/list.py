"""``dojo list``: all katas, with what is solved."""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path

from dojo import catalogue, progress, versions
from dojo.cli import go, screen
from dojo.model import Chapter, ExitCode

SUMMARY = "show all katas and which of them you have solved"
BAR_WIDTH = 30


def configure(parser: argparse.ArgumentParser) -> None:
    """Add no arguments: this command has none."""


def run(args: argparse.Namespace) -> int:
    """Print the katas by chapter, and a progress bar."""
    root = catalogue.find_root(Path.cwd())
    katas, state = catalogue.load(root), progress.load(root)
    chapters, console = catalogue.chapters(root), screen.console()
    here = go.current(katas, root)
    for number, group in itertools.groupby(katas, key=lambda kata: kata.chapter):
        chapter = chapters.get(number) or Chapter(number, f"Chapter {number}", "")
        console.print(f"{number} · {chapter.title}", style="bold", end="  ", markup=False)
        console.print(chapter.subtitle, style="dim", markup=False)
        for kata in group:
            sign, word, style = " ", "", ""
            if state.is_outdated(kata):
                sign, word, style = "?", "check again: its suite has changed", "yellow"
            elif state.is_solved(kata):
                sign, word, style = "✓", "solved", "green"
            elif reason := versions.not_for_here(kata):
                sign, word, style = "-", reason.partition(" ")[2], "dim"
            elif kata == here:
                sign, word, style = ">", "you are here", "bold"
            about = f"{kata.title:<34} {kata.level:<9} {kata.minutes:>3} min"
            line = f"  {sign} {kata.number}  {about}  {word}".rstrip()
            console.print(line, style=style, markup=False)
        console.print()
    done = sum(state.is_solved(kata) for kata in katas)
    filled = round(BAR_WIDTH * done / len(katas)) if katas else 0
    bar = "█" * filled + "░" * (BAR_WIDTH - filled)
    console.print(f"{bar} {done} of {len(katas)} solved")
    return ExitCode.PASS
