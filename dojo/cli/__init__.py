"""The command line: one module a command; only this layer prints.

A command is a module with ``SUMMARY`` (a line that starts with a verb), ``configure(parser)`` and
``run(args) -> int``. Commands are imported when they are called, so that start-up stays lean.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import os
import pkgutil
import re
import sys
import traceback
from collections.abc import Sequence

from dojo.model import DojoError, ExitCode

DEFAULT = "go"
KATA = re.compile(r"k?[1-9][0-9]{2}")
# Modules of this package that are no commands.
INTERNAL = frozenset({"fullscreen", "screen"})


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that *argv* names; ``dojo`` alone goes on where the learner stands.

    Returns:
        The exit code; see `dojo.model.ExitCode`.
    """
    # Not `list`: once its command is imported, that is a module of this package.
    words = [*(sys.argv[1:] if argv is None else argv)]
    try:
        return dispatch(words)
    except DojoError as error:
        print(error, file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        print("\nInterrupted. Nothing is lost; run the command again to go on.", file=sys.stderr)
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output (`| head`) has seen enough. Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.PASS
    except Exception:
        traceback.print_exc()
        print(
            "\nThis is a fault of the dojo, not of your code; nothing of yours has been changed.\n"
            "Please report it with the lines above.",
            file=sys.stderr,
        )
        return ExitCode.FAULT


def dispatch(words: list[str]) -> int:
    """Parse *words* and run the command."""
    args = parse(words)
    return int(args.run(args))


def parse(words: list[str]) -> argparse.Namespace:
    """Return what *words* mean: the arguments of a command, and the command as ``run``.

    Raises:
        DojoError: There is no such command.
        SystemExit: Its arguments are wrong, which has been printed, or help was asked for.
    """
    name = words[0] if words and not words[0].startswith("-") else ""
    if name and name not in commands():
        near = difflib.get_close_matches(name, commands(), 1)
        if KATA.match(name):
            near = [f"run {name}"]
        raise DojoError(
            f"`{name}` is not a command of the dojo.\n"
            + (f"Did you mean `{near[0]}`? " if near else "")
            + "`python3 -m dojo --help` shows them all.",
            code=ExitCode.USAGE,
        )
    wants_help = bool({"-h", "--help"} & set(words[:1]))
    parser = argparse.ArgumentParser(
        prog="dojo",
        description="Learn asynchronous Django by making failing tests pass. Without a command: "
        "show the kata you are on, run it, and run it again on every save.",
    )
    subparsers = parser.add_subparsers(metavar="COMMAND", title="commands")
    for known in commands() if wants_help else [name or DEFAULT]:
        module = importlib.import_module(f"dojo.cli.{known}")
        subparser = subparsers.add_parser(
            known, help=module.SUMMARY, description=module.SUMMARY, allow_abbrev=False
        )
        module.configure(subparser)
        subparser.set_defaults(run=module.run)
    return parser.parse_args(words if name or wants_help else [DEFAULT, *words])


def commands() -> list[str]:
    """Return the names of all commands."""
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return [name for name in found if name not in INTERNAL]
