"""``dojo jump``: go on at another kata."""

from __future__ import annotations

import argparse
from pathlib import Path

from dojo import catalogue, course, progress, versions
from dojo.cli import screen
from dojo.model import DojoError, ExitCode

SUMMARY = "go on at another kata, solved or not; without a name, at the first that is not solved"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("kata", nargs="?", help="a kata's number or name: k102, fan_out")


def run(args: argparse.Namespace) -> int:
    """Note where to go on, and say it."""
    root = catalogue.find_root(Path.cwd())
    katas = catalogue.load(root)
    kata = catalogue.find(katas, args.kata) if args.kata else None
    if kata and (reason := versions.not_for_here(kata)):
        raise DojoError(f"{reason}.\nNothing has been changed.", code=ExitCode.USAGE)
    here = course.here(katas, progress.jump(root, kata))
    where = f"{here.number} {here.title}" if here else "All katas are solved."
    screen.console().print(where, style="bold", markup=False)
    if here:
        screen.console().print(f"brief katas/{here.slug}/README.md", markup=False)
    return ExitCode.PASS
