"""``dojo export``: a repository of a few katas alone, to hand out."""

from __future__ import annotations

import argparse
from pathlib import Path

from dojo import catalogue, export, packing
from dojo.cli import screen
from dojo.model import ExitCode

SUMMARY = "write a repository of a few katas alone: no answers, and no hints unless you want them"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    add_katas_and_target(parser)
    parser.add_argument("--with-hints", action="store_true", help="let `dojo hint` work there")


def add_katas_and_target(parser: argparse.ArgumentParser) -> None:
    """Add what is written, and where to."""
    parser.add_argument(
        "--katas", required=True, metavar="NAMES", help="which, separated by commas: k102,k401"
    )
    parser.add_argument(
        "--to",
        required=True,
        type=Path,
        metavar="DIR|FILE.zip",
        help="a new or empty folder, or a new zip, outside this repository",
    )


def run(args: argparse.Namespace) -> int:
    """Write the repository, and say where it is."""
    root = catalogue.find_root(Path.cwd())
    katas = export.chosen(catalogue.load(root), args.katas)
    place = packing.new_place(args.to, root)
    tree = export.tree(root, katas, with_hints=args.with_hints)
    packing.write(tree, place, top=export.NAME)
    numbers = ", ".join(kata.number for kata in katas)
    screen.console().print(f"{args.to}: {numbers}, in {len(tree)} files.", markup=False)
    return ExitCode.PASS
