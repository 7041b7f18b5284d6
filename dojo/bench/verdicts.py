"""Whether every answer to a kata gets its verdict every time, on a busy machine.

``python -m dojo.bench verdicts 4 --repeats 100 --burners 8`` makes the proofs of chapter 4 (stub,
right and wrong answers) a hundred times beside processes that burn CPU; ``--db postgres`` makes
them there, ``--jobs 8`` as many side by side as there are processes beside them, which takes half
the time. Nine proofs at once keep each other as busy: ``--jobs 9 --burners 0`` takes least. Exit
code 1 if a verdict differs once from what it should be. Ctrl-C ends it with what has been made.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import django

from dojo import catalogue, verify
from dojo.bench.flakes import burning
from dojo.cli.verify import is_meant, positive, share
from dojo.model import DojoError, ExitCode


@dataclass
class Tally:
    """The proofs of one kata: how many answers and runs, how many did not hold, seconds a run."""

    answers: int = 0
    runs: int = 0
    differed: int = 0
    seconds: list[float] = field(default_factory=list)


def main(arguments: Sequence[str]) -> int:
    """Make the proofs, say at once which does not hold, and end with one line a kata."""
    parser = argparse.ArgumentParser(prog="python -m dojo.bench verdicts", description=__doc__)
    parser.add_argument("katas", nargs="+", help="as for `dojo verify`: 4 is a whole chapter")
    parser.add_argument("--repeats", type=positive, default=100, help="proofs of each answer")
    parser.add_argument("--burners", type=int, default=8, help="processes that burn CPU meanwhile")
    parser.add_argument(
        "--jobs", type=positive, help="proofs side by side (default: one for each processor)"
    )
    parser.add_argument("--db", default="", help="kind of database, as for `dojo verify`")
    parser.add_argument("--wrong", choices=verify.WRONG, default="all", help="as for `dojo verify`")
    parser.add_argument("--accepted", type=share, default=(1, 1), help="as for `dojo verify`")
    options = parser.parse_args(arguments)
    try:
        root = catalogue.find_root(Path.cwd())
        katas = [kata for kata in catalogue.load(root) if is_meant(kata.slug, options.katas)]
    except DojoError as error:
        sys.stderr.write(f"{error}\n")
        return error.code
    jobs = [
        job
        for kata in katas
        for job in verify.jobs(kata, root, options.wrong, accepted=options.accepted)
        if job.kind != "parts"
    ]
    if not jobs:
        sys.stderr.write(f"{' '.join(options.katas)}: no kata is called that.\n")
        return ExitCode.USAGE
    tallies = {kata.slug: Tally() for kata in katas}
    for job in jobs:
        tallies[job.kata.slug].answers += 1
    out = sys.stdout
    out.write(f"{len(jobs)} answers, {options.repeats} times, ")
    out.write(f"{options.jobs or os.cpu_count()} beside {options.burners} busy processes, ")
    out.write(f"{os.cpu_count()} processors, Django {django.__version__}, ")
    out.write(f"{options.db or 'SQLite'}\n")
    seen: dict[str, int] = defaultdict(int)
    todo = jobs * options.repeats
    stopped = False
    with (
        burning(options.burners),
        contextlib.closing(
            verify.prove_all(todo, root, workers=options.jobs, database=options.db)
        ) as proofs,
    ):
        try:
            for proof in proofs:
                count(proof, tallies[proof.job.kata.slug], seen)
                if (made := sum(one.runs for one in tallies.values())) % len(jobs) == 0:
                    out.write(f"{made // len(jobs)} of {options.repeats} times\n")
                out.flush()
        except KeyboardInterrupt:
            stopped = True  # what has been made counts
    out.write(table(tallies))
    if stopped:
        made = sum(one.runs for one in tallies.values())
        out.write(f"Stopped: {made} of {len(todo)} proofs were made.\n")
        return ExitCode.INTERRUPTED
    return ExitCode.TESTS_FAIL if seen else ExitCode.PASS


def table(tallies: Mapping[str, Tally]) -> str:
    """Return one line a kata, below a heading."""
    lines = [f"\n{'kata':<28} {'answers':>8} {'runs':>8} {'differed':>9} {'median s':>9}\n"]
    for slug, tally in tallies.items():
        median = statistics.median(tally.seconds or [0.0])
        lines.append(
            f"{slug:<28} {tally.answers:>8} {tally.runs:>8} {tally.differed:>9} {median:>9.2f}\n"
        )
    return "".join(lines)


def count(proof: verify.Proof, tally: Tally, seen: dict[str, int]) -> None:
    """Count one proof, and say at once what is wrong with it, if that is new."""
    tally.runs += 1
    tally.differed += bool(proof.problems)
    tally.seconds.append(proof.run.seconds if proof.run else 0.0)
    for problem in map(str, proof.problems):
        seen[problem] += 1
        if seen[problem] == 1:
            sys.stdout.write(f"\n{problem}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
