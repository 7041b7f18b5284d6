"""``dojo reset``: begin a kata again."""

from __future__ import annotations

import argparse
from pathlib import Path

from dojo import catalogue, reset
from dojo.cli import go, screen
from dojo.model import ExitCode

SUMMARY = "put a kata's stub back, and keep what you have written"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    go.add_kata(parser)


def run(args: argparse.Namespace) -> int:
    """Reset one kata, and say where the old files are."""
    root = catalogue.find_root(Path.cwd())
    kata = go.named_or_current(args.kata, root)
    done = reset.reset(root, kata)
    console = screen.console()
    for name in kata.edit:
        what = "is the stub again" if name in done.written else "is the stub already"
        console.print(f"katas/{kata.slug}/{name} {what}.", markup=False)
    if done.kept:
        where = catalogue.relative(done.kept, root)
        console.print(f"What you had written is in {where}/.", markup=False)
    return ExitCode.PASS
