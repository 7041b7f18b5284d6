"""``dojo progress``: take what you have solved to another machine."""

from __future__ import annotations

import argparse
from pathlib import Path

from dojo import catalogue, progress, transfer
from dojo.cli import screen
from dojo.model import ExitCode

SUMMARY = "write your progress to a file, or add what another machine knows"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("action", choices=("export", "import"))
    parser.add_argument("file", type=Path, help="the file to write, or to read")


def run(args: argparse.Namespace) -> int:
    """Export or import."""
    root = catalogue.find_root(Path.cwd())
    katas = catalogue.load(root)
    if args.action == "export":
        state = transfer.save_copy(root, args.file)
        done = sum(map(state.is_solved, katas))
        said = f"{args.file}: noted there as solved: {done} of {len(katas)} katas."
    else:
        before = progress.load(root)
        state = transfer.merge(root, transfer.load_copy(args.file))
        new = [kata for kata in katas if state.is_solved(kata) and not before.is_solved(kata)]
        numbers = ", ".join(kata.number for kata in new)
        said = f"Solved now, too: {numbers}." if new else "Nothing new is solved."
    screen.console().print(said, markup=False)
    return ExitCode.PASS
