"""``dojo test``: the dojo's own tests, on every supported Django and Python."""

from __future__ import annotations

import argparse
import configparser
import difflib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from dojo import catalogue, edition, interpreters
from dojo.cli import screen
from dojo.interpreters import Found, Minor
from dojo.model import DojoError, ExitCode

SUMMARY = "run the dojo's own tests with tox, on every supported Django and Python"
STYLES = {"passed": "green", "failed": "bold red", "not run": "bold yellow"}


@dataclass(frozen=True)
class Outcome:
    """What became of one tox environment.

    Attributes:
        verdict: One of the words in `STYLES`.
        why: What kept it from running, if something did.
    """

    name: str
    verdict: str
    seconds: float = 0.0
    why: str = ""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument(
        *("-e", "--env"),
        action="append",
        default=[],
        metavar="NAMES",
        help="which environments of tox.ini, separated by commas; all by default",
    )
    parser.add_argument("-r", "--recreate", action="store_true", help="make the environments anew")
    parser.add_argument(
        "words", nargs="*", metavar="-- ARGUMENT", help="passed to pytest, such as `-- -k reset`"
    )


def run(args: argparse.Namespace) -> int:
    """Run tox; say before and after what could not be run, then one line an environment."""
    root = catalogue.find_root(Path.cwd())
    edition.require_solutions(root)
    chosen = choose(environments(root), ",".join(args.env))
    found = interpreters.find({minor for name in chosen if (minor := minor_of(name))})
    not_run = [outcome for name in chosen if (outcome := obstacle(name, found))]
    runnable = [name for name in chosen if name not in {outcome.name for outcome in not_run}]
    say_not_run(not_run)
    ran = run_tox(root, runnable, found, args) if runnable else []
    by_name = {outcome.name: outcome for outcome in [*ran, *not_run]}
    outcomes = [by_name[name] for name in chosen]
    screen.console().print()
    screen.console().print(table_of(outcomes))
    say_not_run(not_run)
    return conclude(outcomes)


def environments(root: Path) -> list[str]:
    """Return the names in the ``env_list`` of tox.ini, in order."""
    path = root / "tox.ini"
    config = configparser.ConfigParser(interpolation=None)
    try:
        if not config.read(path, encoding="utf-8"):
            raise DojoError(
                f"{path}: this file is missing, and with it what there is to test.\n"
                "`git checkout tox.ini` brings it back.",
                code=ExitCode.USAGE,
            )
        return config["tox"]["env_list"].split()
    except (configparser.Error, KeyError) as error:
        raise DojoError(
            f"{path}: no `env_list` can be read from it: {error}.\n"
            "`git diff tox.ini` shows what has changed.",
            code=ExitCode.USAGE,
        ) from error


def choose(known: Sequence[str], wish: str) -> list[str]:
    """Return the environments that *wish* names, separated by commas; all if it is empty."""
    wanted = [name for name in wish.split(",") if name] or known
    for name in wanted:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            raise DojoError(
                f"`{name}` is not an environment of tox.ini.\n"
                + (f"Did you mean `{near[0]}`? " if near else "")
                + f"There are: {', '.join(known)}.",
                code=ExitCode.USAGE,
            )
    return [name for name in known if name in wanted]


def minor_of(environment: str) -> Minor | None:
    """Return the Python that ``py312-dj60`` asks for; None where any will do."""
    match = re.match(r"py(\d)(\d+)\b", environment)
    return (int(match[1]), int(match[2])) if match else None


def obstacle(environment: str, found: Found) -> Outcome | None:
    """Return why *environment* can't be run; None if it can.

    In CI an interpreter that is installed and does not work is a failure, not a gap.
    """
    minor = minor_of(environment)
    if minor is None or found.best(minor):
        return None
    number = f"Python {minor[0]}.{minor[1]}"
    for broken in found.broken:
        if broken.minor == minor:
            why = f"{number} does not work: {broken.path} ({broken.source}): {broken.reason}"
            return Outcome(environment, "failed" if in_ci() else "not run", why=why)
    return Outcome(environment, "not run", why=f"no {number} on this machine")


def in_ci() -> bool:
    """Tell whether a machine that runs tests for others runs us."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def run_tox(
    root: Path, names: Sequence[str], found: Found, args: argparse.Namespace
) -> list[Outcome]:
    """Run tox over the environments *names*, whose interpreters are there.

    Raises:
        DojoError: tox ended before it ran anything.
    """
    paths = [str(python.path) for python in reversed(found.working)]
    sys.stdout.flush()  # what tox prints comes after what we have printed
    with tempfile.TemporaryDirectory(prefix="dojo-") as folder:
        report = Path(folder, "tox.json")
        command = [
            # Side by side: half of an environment's time is spent waiting for children.
            *(sys.executable, "-m", "tox", "run-parallel", "--parallel", "auto"),
            *("--parallel-no-spinner", "-e", ",".join(names)),
            # tox-uv, where it is installed, looks for interpreters in its own places.
            *("--runner", "virtualenv", "--skip-missing-interpreters=false"),
            *("--result-json", str(report)),
            *(["--recreate"] if args.recreate else []),
            *(["--discover", *paths] if paths else []),
            *("--", *args.words),
        ]
        environ = os.environ | {"UV_PYTHON_DOWNLOADS": "never"}
        with subprocess.Popen(command, cwd=root, env=environ) as process:  # noqa: S603 - tox
            try:
                code = process.wait()
            except KeyboardInterrupt:
                process.wait()  # tox has been interrupted too, and ends its children first
                raise
        try:
            results = json.loads(report.read_text(encoding="utf-8"))["testenvs"]
        except (OSError, ValueError, KeyError) as error:
            raise DojoError(
                f"tox ended with exit code {code} and left no report.\n"
                "Its last lines, above, say why."
            ) from error
    return [read_outcome(name, results.get(name, {}).get("result", {})) for name in names]


def read_outcome(name: str, result: dict[str, object]) -> Outcome:
    """Return the outcome of one environment from tox's report."""
    seconds = result.get("duration")
    return Outcome(
        name,
        "passed" if result.get("success") is True else "failed",
        float(seconds) if isinstance(seconds, int | float) else 0.0,
        "" if result else "tox did not come to it",
    )


def say_not_run(outcomes: Sequence[Outcome]) -> None:
    """Print, on a line of its own, each environment that has no interpreter."""
    for outcome in outcomes:
        line = f"{outcome.verdict.upper()}  {outcome.name}: {outcome.why}."
        screen.console().print(line, style=STYLES[outcome.verdict], markup=False)


def table_of(outcomes: Sequence[Outcome]) -> Table:
    """Return one row an environment: verdict and seconds."""
    table = Table("environment", "result", box=None, pad_edge=False)
    table.add_column("seconds", justify="right")
    for outcome in outcomes:
        seconds = f"{outcome.seconds:.1f}" if outcome.seconds else ""
        table.add_row(outcome.name, outcome.verdict, seconds, style=STYLES[outcome.verdict])
    return table


def conclude(outcomes: Sequence[Outcome]) -> ExitCode:
    """Print the count, as pytest words it, and return the exit code."""
    verdicts = [outcome.verdict for outcome in outcomes]
    passed, failed = verdicts.count("passed"), verdicts.count("failed")
    # Ruff and mypy run everywhere: they alone do not make a test run.
    tests = [outcome for outcome in outcomes if minor_of(outcome.name)]
    nothing = bool(tests) and all(outcome.verdict == "not run" for outcome in tests)
    if nothing:
        screen.console().print(
            "No interpreter that the tests are for was found. Install Python 3.13, 3.12 or 3.11."
        )
    screen.console().print(f"{passed} passed, {failed} failed")
    if failed:
        return ExitCode.TESTS_FAIL
    return ExitCode.USAGE if nothing else ExitCode.PASS
