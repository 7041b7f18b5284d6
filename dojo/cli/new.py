"""``dojo new``: begin to write a kata."""

from __future__ import annotations

import argparse
from pathlib import Path

from dojo import authoring, catalogue, parts
from dojo.cli import screen
from dojo.model import ExitCode

SUMMARY = "lay down the skeleton of a new kata, which `verify` then helps its author to fill"
PARTS = {
    "katas": "brief, metadata, stub, hints",
    "tests": "the suite",
    "solutions": "the answer, others that are right, others that are wrong",
    "stubs": "what `dojo reset` gives back",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "name",
        metavar="NAME",
        help="my_kata, or with its number k305_my_kata; by default the next one of the chapter",
    )
    parser.add_argument(
        "--chapter",
        type=int,
        metavar="N",
        help="the chapter that it goes to, if NAME has no number",
    )
    parser.add_argument("--title", default="", help="by default the words of the name")


def run(args: argparse.Namespace) -> int:
    """Write the skeleton, and say what comes next."""
    root = catalogue.find_root(Path.cwd())
    new = authoring.draft(root, args.name, chapter=args.chapter, title=args.title)
    authoring.write(root, new)
    folders = {part: catalogue.relative(path, root) for part, path in new.folders(root).items()}
    width = max(map(len, folders.values()))
    console = screen.console()
    console.print(f"{new.slug} is there: a small kata that works, to write yours over.\n")
    for part, what in PARTS.items():
        console.print(f"{folders[part]:{width}}  {what}", markup=False)
    console.print(
        f"\nPlaces to fill in are marked {parts.MARK}. What to do first, and what next:\n"
        f"  python3 -m dojo verify {new.number}",
        markup=False,
    )
    return ExitCode.PASS
