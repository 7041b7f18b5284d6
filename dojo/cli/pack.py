"""``dojo pack``: what Gradescope, GitHub or a container needs to grade katas."""

from __future__ import annotations

import argparse
from pathlib import Path

from dojo import catalogue, export, packing, packs
from dojo.cli import screen
from dojo.model import DojoError, ExitCode, Kata

SUMMARY = "make a ready set-up to grade with on Gradescope, on GitHub or in a container"
NEXT = {
    packs.GRADESCOPE: "Upload it as the autograder of a programming assignment.",
    packs.GITHUB: "It goes to .github/workflows/ of the repository that students copy.",
    packs.CONTAINER: "Grade with {target}/grade SUBMISSIONS GRADES.",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("name", choices=packs.NAMES, help="for what")
    parser.add_argument(
        "--to",
        required=True,
        type=Path,
        metavar="FILE|DIR",
        help="what to make: a new .zip for gradescope, a new .yml for github, a new or empty "
        "folder for container",
    )
    parser.add_argument(
        "--katas", metavar="NAMES", help="with commas, such as k101,k202; by default all"
    )
    parser.add_argument(
        "--hidden",
        type=Path,
        metavar="DIR",
        help="your own further suites: DIR/<kata>/test_*.py; not for github, where nothing is "
        "hidden from students",
    )
    parser.add_argument(
        "--from",
        dest="source",
        metavar="OWNER/NAME@REF",
        help="github: the repository that the suites are fetched from; students have to be able "
        "to read it",
    )


def run(args: argparse.Namespace) -> int:
    """Make the pack, and say what to do with it."""
    root = catalogue.find_root(Path.cwd())
    known = catalogue.load(root)
    katas = export.chosen(known, args.katas) if args.katas else []
    check(args)
    if args.name == packs.GITHUB:
        put_new(args.to, packs.workflow(args.source, katas))
    else:
        make(args, root, katas or list(known))
    next_step = NEXT[args.name].format(target=args.to)
    screen.console().print(f"{args.to} is made. {next_step}", markup=False)
    return ExitCode.PASS


def check(args: argparse.Namespace) -> None:
    """Refuse options that do not go together."""
    if (args.name == packs.GITHUB) != (args.source is not None):
        raise DojoError(
            "--from OWNER/NAME@REF belongs to `dojo pack github`, which needs it: it names where "
            "the suites are fetched from.",
            code=ExitCode.USAGE,
        )
    if args.name == packs.GITHUB and args.hidden:
        raise DojoError(
            "--hidden: on GitHub, students could read these tests.\n"
            "Leave it out, and grade with hidden tests yourself: `dojo grade --hidden`.",
            code=ExitCode.USAGE,
        )
    if packing.is_zip(args.to) != (args.name == packs.GRADESCOPE):
        ending = "ends with .zip" if args.name == packs.GRADESCOPE else "does not end with .zip"
        raise DojoError(
            f"--to {args.to}: name something that {ending}.\n"
            "Gradescope takes a zip, GitHub a file, and a container is made of a folder.",
            code=ExitCode.USAGE,
        )


def make(args: argparse.Namespace, root: Path, katas: list[Kata]) -> None:
    """Make the pack, a zip or a folder."""
    place = packing.new_place(args.to, root)
    packing.write(packs.with_project(args.name, root, katas, args.hidden), place, top="")


def put_new(path: Path, data: bytes) -> None:
    """Put *data* into a new file.

    Raises:
        DojoError: It is there, or can't be made.
    """
    try:
        with path.open("xb") as file:
            file.write(data)
    except OSError as error:
        raise DojoError(
            f"{path}: this file can't be made: {error.strerror}.\n"
            "Name a new one, in a folder that exists. Nothing has been written.",
            code=ExitCode.USAGE,
        ) from None
