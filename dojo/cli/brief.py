"""``dojo brief``: what a kata is about, in the terminal."""

from __future__ import annotations

import argparse
from pathlib import Path

from dojo import catalogue
from dojo.cli import go, screen
from dojo.model import ExitCode

SUMMARY = "show the brief of a kata"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    go.add_kata(parser)


def run(args: argparse.Namespace) -> int:
    """Print the brief."""
    root = catalogue.find_root(Path.cwd())
    kata = go.named_or_current(args.kata, root)
    text = catalogue.read_text(kata.folder / "README.md", root)
    screen.console().print(screen.markdown(text))
    return ExitCode.PASS
