"""``dojo branch``: hand out the katas, with every answer in place or with none."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from dojo import branches, catalogue, versions
from dojo.cli import screen
from dojo.cli import verify as proofs
from dojo.model import ExitCode
from dojo.verify import Job

SUMMARY = "make a branch to hand out: `solutions` with every kata solved, `learners` with none"
HAND_OUT = {
    branches.SOLUTIONS: "`git push --force-with-lease origin solutions` hands it out.",
    branches.LEARNERS: "`git push --force URL learners:main` hands it out, to a repository of its "
    "own: this one holds the answers.",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "--force",
        action="store_true",
        help="replace a branch that others have worked on, and keep what was there",
    )
    parser.add_argument(
        "--test",
        action="store_true",
        help="make no branch: test in a temporary work tree what it would hold, with changes that "
        "are not committed yet; solutions have to pass, and each of the learners' stubs to fail",
    )
    parser.add_argument("name", choices=branches.NAMES, help="which branch")
    parser.add_argument(
        "words", nargs="*", metavar="-- ARGUMENT", help="with --test: passed to pytest"
    )


def run(args: argparse.Namespace) -> int:
    """Make the branch, or test it."""
    root = catalogue.find_root(Path.cwd())
    if args.test:
        with branches.checked_out(root, args.name) as copy:
            if args.name == branches.SOLUTIONS:
                return run_pytest(copy, args.words)
            return prove_stubs(copy)
    made = branches.make(root, args.name, force=args.force)
    origin = f"{made.commit[:12]}, made from {made.source[:12]}."
    console = screen.console()
    if not made.moved:
        console.print(f"{made.name} is up to date: {origin}", markup=False)
        return ExitCode.PASS
    console.print(f"{made.name} is now {origin}", markup=False)
    if made.kept:
        console.print(f"What was there is kept as {made.kept}.", markup=False)
    console.print(f"`git switch {made.name}` shows it. {HAND_OUT[made.name]}", markup=False)
    return ExitCode.PASS


def run_pytest(copy: Path, words: list[str]) -> ExitCode:
    """Run plain pytest in *copy*, as whoever gets it would."""
    sys.stdout.flush()
    command = [sys.executable, "-m", "pytest", *words]
    with subprocess.Popen(command, cwd=copy) as process:  # noqa: S603 - pytest
        try:
            code = process.wait()
        except KeyboardInterrupt:
            process.wait()  # it has been interrupted too
            raise
    return {0: ExitCode.PASS, 1: ExitCode.TESTS_FAIL}.get(code, ExitCode.USAGE)


def prove_stubs(copy: Path) -> ExitCode:
    """Prove that every kata in *copy* fails as a stub should."""
    katas = [kata for kata in catalogue.load(copy) if not versions.not_for_here(kata)]
    jobs = [Job(kata, "stub") for kata in katas]
    problems = [problem for proof in proofs.make(jobs, copy, None) for problem in proof.problems]
    for problem in problems:
        screen.console().print(f"{problem}\n", markup=False)
    bad = len({problem.where for problem in problems})
    screen.console().print(f"{len(jobs) - bad} of {len(jobs)} katas fail as a stub should.")
    return ExitCode.TESTS_FAIL if problems or not jobs else ExitCode.PASS
