"""``dojo update``: take a newer version of the katas; what a learner has written stays."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dojo import catalogue, changes, copies, source, update
from dojo.changes import Changes
from dojo.cli import screen
from dojo.model import ExitCode

SUMMARY = "take a newer version of the katas; what you have written stays"
MOST_LISTED = 10


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "source",
        nargs="?",
        metavar="SOURCE",
        help="a folder, .zip or .tar.gz with the newer version; without it, what git fetches",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would change, and change nothing"
    )


def run(args: argparse.Namespace) -> int:
    """Compare, say what changes, and change it."""
    root = catalogue.find_root(Path.cwd())
    with source.opened(args.source, root) as new:
        if args.dry_run:
            show(changes.between(root, new))
            screen.console().print("Nothing has been changed: this was a dry run.")
            return ExitCode.PASS
        with update.only_one(root):
            planned = changes.between(root, new)
            needs = next_steps(planned)
            show(planned)
            if not planned:
                return ExitCode.PASS
            sys.stdout.flush()
            kept = update.carry_out(planned)
    if kept:
        where = catalogue.relative(kept, root)
        screen.console().print(f"What was replaced or removed is in {where}/.", markup=False)
    for line in needs:
        screen.console().print(line, markup=False)
    return ExitCode.PASS


def show(planned: Changes) -> None:
    """Print what changes, kata by kata."""
    console = screen.console()
    mine, theirs = (
        str(copies.project(root).get("version", "?")) for root in (planned.root, planned.new)
    )
    if not planned:
        console.print(f"Nothing is new: you have version {theirs}.", markup=False)
        return
    from packaging.version import InvalidVersion, Version

    console.print(f"{mine} -> {theirs}" if mine != theirs else theirs, style="bold", markup=False)
    try:
        if Version(theirs) < Version(mine):
            console.print("This is an older version than yours.", style="yellow")
    except InvalidVersion:
        pass
    for slug, lines in sorted(planned.katas.items()):
        console.print(f"\n{slug}", style="bold", markup=False)
        for line in lines:
            console.print(f"  {line}", markup=False)
    console.print()
    for line in besides(planned):
        console.print(line, markup=False)


def besides(planned: Changes) -> list[str]:
    """Return how many files change, and which of them go that no line about a kata covers."""
    coming = planned.writes | planned.dojo
    there = {path for path in planned.replaced() if (planned.root / path).is_file()}
    gone = sorted(there - coming.keys())
    added = sum(not (planned.root / path).is_file() for path in coming)
    counts = ((added, "new"), (len(there) - len(gone), "replaced"), (len(gone), "removed"))
    lines = [f"Files: {', '.join(f'{count} {what}' for count, what in counts if count)}."]
    listed = [path for path in gone if not is_covered(path, planned)]
    lines += [f"  {path} goes" for path in listed[:MOST_LISTED]]
    if len(listed) > MOST_LISTED:
        lines.append(f"  and {len(listed) - MOST_LISTED} more go")
    return lines


def is_covered(path: str, planned: Changes) -> bool:
    """Tell whether a file belongs to the tool, or to a kata that is gone or renumbered."""
    folder, slug = [*path.split("/"), ""][:2]
    is_kata = bool(catalogue.SLUG.fullmatch(slug))
    return folder == "dojo" or (is_kata and not (planned.new / "katas" / slug).is_dir())


def next_steps(planned: Changes) -> list[str]:
    """Return what is left to do for the learner."""
    key = "dependencies"
    if copies.project(planned.root).get(key) == copies.project(planned.new).get(key):
        return []
    inside = Path(sys.prefix).resolve() == (planned.root / ".venv").resolve()
    how = "the next `python3 -m dojo` installs" if inside else "`pip install -e .` installs"
    return [f"The dependencies have changed: {how} them."]
