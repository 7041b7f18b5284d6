"""``dojo doctor``: what works here, what does not, and what to do about it."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from dojo import catalogue, doctor
from dojo.doctor import Finding
from dojo.model import DojoError, ExitCode

SUMMARY = "check this machine and your copy; say what to do about what does not work"
STYLES = {"ok": "green", "note": "yellow", "bad": "bold red"}
NARROW = 80


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("--json", action="store_true", help="for editors and scripts")


def run(args: argparse.Namespace) -> int:
    """Make all checks, and print a line for each finding."""
    try:
        root = catalogue.find_root(Path.cwd())
    except DojoError:
        root = Path.cwd()  # of which the checks will say that there are no katas
    found = doctor.examine(root, checks())
    bad = sum(finding.state == "bad" for finding in found)
    if args.json:
        table = {"ok": not bad, "checks": [asdict(finding) for finding in found]}
        print(json.dumps(table, indent=2, ensure_ascii=False))
    else:
        show(found)
    return ExitCode.USAGE if bad else ExitCode.PASS


def checks() -> list[doctor.Check]:
    """Return the checks in the order in which they are shown."""
    return [
        *(doctor.python, doctor.packages, doctor.katas, doctor.your_progress, doctor.sqlite),
        *(doctor.postgresql, measuring, doctor.file_events, terminal, doctor.disk),
        *(doctor.pythons, doctor.git, sandbox),
    ]


def measuring(root: Path) -> Iterator[Finding]:
    """Whether the instruments measure; a process without them still makes the other checks."""
    from dojo import trial

    yield from trial.measuring(root)


def sandbox(root: Path) -> Iterator[Finding]:
    """What the code of others runs in; a learner does without."""
    from dojo.grading import sandbox

    level = sandbox.probe()
    if level.number == 2:
        yield Finding("dojo grade", "ok", f"sandbox of level {level}")
    else:
        remedy = "To grade the code of others, install bubblewrap: `apt install bubblewrap`."
        yield Finding("dojo grade", "note", f"sandbox of level {level}", remedy)


def terminal(root: Path) -> Iterator[Finding]:
    """What the output goes to."""
    from dojo.cli import screen

    console = screen.console()
    encoding = (getattr(sys.stdout, "encoding", "") or "none").lower()
    colours = console.color_system or "no"
    if "NO_COLOR" in os.environ:
        colours = "no (NO_COLOR is set)"
    here = "a terminal" if sys.stdout.isatty() else "no terminal"
    fact = f"{here}, {console.width} x {console.height}, {colours} colours, {encoding}"
    if not encoding.replace("-", "").startswith("utf"):
        remedy = "Set PYTHONUTF8=1: briefs and charts need more than this encoding has."
        yield Finding("terminal", "bad", fact, remedy)
    elif not (sys.stdin.isatty() and sys.stdout.isatty()):
        remedy = "In a terminal, `python3 -m dojo` runs again on every save; here it runs once."
        yield Finding("terminal", "note", fact, remedy)
    elif console.width < NARROW:
        yield Finding("terminal", "note", fact, f"Charts look best with {NARROW} columns.")
    else:
        yield Finding("terminal", "ok", fact)


def show(found: list[Finding]) -> None:
    """Print the findings, and how many of them are bad."""
    width = max(len(finding.check) for finding in found)
    for finding in found:
        say(f"{finding.state:4}", STYLES[finding.state], end="  ")
        say(f"{finding.check:{width}}  {finding.fact}")
        for line in finding.remedy.splitlines():
            say(f"{'':{width + 6}}  {line}", "bold")
    bad = sum(finding.state == "bad" for finding in found)
    say(f"\n{bad} of {len(found)} need mending." if bad else "\nAll is well.")


def say(text: str, style: str = "", end: str = "\n") -> None:
    """Print *text*, in colour if what it takes is there."""
    try:
        from dojo.cli import screen
    except ImportError:
        print(text, end=end)
    else:
        screen.console().print(text, style=style, end=end, markup=False)
