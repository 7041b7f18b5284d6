"""``dojo run``: run one kata, wherever the learner stands."""

from __future__ import annotations

import argparse
from pathlib import Path

from dojo import catalogue
from dojo.cli import go
from dojo.model import ExitCode

SUMMARY = "run one kata once"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("kata", help="a kata's number or name: k102, 102, fan_out, k102_fan_out")


def run(args: argparse.Namespace) -> int:
    """Run the kata on the learner's files, and note it if it passes."""
    root = catalogue.find_root(Path.cwd())
    kata = catalogue.find(catalogue.load(root), args.kata)
    return ExitCode.PASS if go.run_and_show(kata, root) else ExitCode.TESTS_FAIL
