"""``dojo status``: where you stand, how long it took, what you can do now."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dojo import catalogue, course, interview, progress, versions
from dojo.cli import screen
from dojo.model import ExitCode, Kata
from dojo.progress import Progress

SUMMARY = "show where you stand; at the end, what you can do now"
LONGEST = 3


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("--json", action="store_true", help="for editors and scripts")


def run(args: argparse.Namespace) -> int:
    """Print a summary."""
    root = catalogue.find_root(Path.cwd())
    katas, state = catalogue.load(root), progress.load(root)
    if args.json:
        screen.print_json(as_table(katas, state))
        return ExitCode.PASS
    console = screen.console()
    ours = [kata for kata in katas if not versions.not_for_here(kata)]
    done = [kata for kata in ours if state.is_solved(kata)]
    console.print(screen.bar(len(done), len(ours)))
    if (kata := course.here(katas, state)) is not None:
        console.print(f"\nYou are at {kata.number} {kata.title}.", markup=False)
        console.print(f"brief katas/{kata.slug}/README.md", markup=False)
    if left := interview.time_left(root):
        console.print(f"Interview: {left}.", markup=False)
    for line in summary(ours, state) if done else []:
        console.print(line, markup=False)
    return ExitCode.PASS


def summary(katas: Sequence[Kata], state: Progress) -> list[str]:
    """Return what the learner has shown, what took longest, and what to check again."""
    done = [kata for kata in katas if state.is_solved(kata)]
    own = [kata for kata in done if not state.of(kata).gave_up]
    lines = ["", "What you have shown:"]
    lines += [f"  {kata.number}  {', '.join(kata.concepts)}" for kata in done]
    if spent := time_by_concept(done, state):
        lines += ["", "What took longest:"]
        lines += [f"  {minutes(spent[name]):>4} min  {name}" for name in spent][:LONGEST]
    hinted = sum(bool(state.of(kata).hints) for kata in done)
    total = sum(state.of(kata).seconds for kata in done)
    lines += [
        "",
        f"{minutes(total)} min in all; {len(own)} of {len(done)} without seeing the answer first, "
        f"{len(done) - hinted} without a hint.",
    ]
    if again := [kata.number for kata in done if state.is_outdated(kata)]:
        lines.append(f"Check again, their suites have changed: {', '.join(again)}.")
    if len(done) == len(katas):
        lines.append("All katas are solved.")
    return lines


def time_by_concept(katas: Sequence[Kata], state: Progress) -> dict[str, int]:
    """Return the seconds spent on each concept, the longest first.

    The time of a kata counts for each of its concepts: which of them it went to, nobody knows.
    """
    spent: Counter[str] = Counter()
    for kata in katas:
        for concept in kata.concepts:
            spent[concept] += state.of(kata).seconds
    return {name: seconds for name, seconds in spent.most_common() if seconds}


def minutes(seconds: int) -> int:
    """Return full minutes; at least one for what took any time."""
    return max(round(seconds / 60), min(1, seconds))


def as_table(katas: Sequence[Kata], state: Progress) -> dict[str, Any]:
    """Return what `--json` prints; docs/editors.md describes it."""
    here = course.here(katas, state)
    return {
        "here": here.slug if here else None,
        "solved": sum(map(state.is_solved, katas)),
        "katas": len(katas),
        "seconds": sum(state.of(kata).seconds for kata in katas),
        "check_again": [kata.slug for kata in katas if state.is_outdated(kata)],
    }
