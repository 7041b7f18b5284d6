"""``dojo run``: run one kata, wherever the learner stands."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from dojo import catalogue
from dojo.cli import go, screen
from dojo.model import ExitCode, Kata, Run

SUMMARY = "run one kata once"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "kata",
        help="a kata's number or name (k102, 102, fan_out, k102_fan_out), or a file of it",
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--all", action="store_true", help="show all failures, not only the first")
    how.add_argument("--json", action="store_true", help="for editors and scripts")


def run(args: argparse.Namespace) -> int:
    """Run the kata on the learner's files, and note it if it passes."""
    root = catalogue.find_root(Path.cwd())
    kata = catalogue.find(catalogue.load(root), args.kata)
    go.check_begun(root)
    found = go.run_kata(kata, root)
    if args.json:
        screen.print_json(as_table(kata, found))
    else:
        screen.console().print(screen.verdict(kata, found, all_failures=args.all), end="")
    go.note(kata, found, root)
    return ExitCode.PASS if found.passed else ExitCode.TESTS_FAIL


def as_table(kata: Kata, found: Run) -> dict[str, Any]:
    """Return what `--json` prints; docs/editors.md describes it."""
    return {
        "kata": kata.slug,
        "passed": found.passed,
        "seconds": round(found.seconds, 3),
        "tests": [
            {
                "id": f"tests/{kata.slug}/{result.case.id}",
                "title": result.case.title,
                "task": result.case.task,
                "state": str(result.state),
                "error": result.error,
                "message": result.message,
                "where": result.where,
                "printed": result.printed,
            }
            for result in found.results
        ],
        "obstacles": [
            {"error": one.error, "message": one.message, "where": one.where}
            for one in found.obstacles
        ],
    }
