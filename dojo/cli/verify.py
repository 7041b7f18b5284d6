"""``dojo verify``: prove that katas are right."""

from __future__ import annotations

import argparse
import contextlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import django
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from dojo import catalogue, edition, parts, reset, verify, versions
from dojo.cli import screen
from dojo.model import DojoError, ExitCode, Kata, Problem
from dojo.verify import KINDS, Job, Proof

SUMMARY = (
    "prove that each kata's stub fails, right answers pass and wrong ones fail for their reason"
)

# Of one kata: who mends these sees the next ones.
MOST_SHOWN = 3


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "katas",
        nargs="*",
        metavar="KATA",
        help="which katas: k102, fan_out, or 1 for a whole chapter; all by default",
    )
    parser.add_argument(
        "-j",
        "--workers",
        type=positive,
        metavar="N",
        help="runs at a time; by default one a processor",
    )
    parser.add_argument(
        "--wrong",
        choices=verify.WRONG,
        default="all",
        help="what the wrong answers run, which are most of the work: all tests of their suite "
        "(default), only those that are to catch them, of these only as many as it takes until "
        "what they are to say has been said, or none",
    )
    parser.add_argument(
        "--share",
        type=share,
        default=(1, 1),
        metavar="K/N",
        help="of the wrong answers take only the K-th of every N, for several runs to divide them",
    )
    parser.add_argument(
        "--accepted",
        type=share,
        default=(1, 1),
        metavar="K/N",
        help="the same for accepted answers; the reference answer and the stub are always proved",
    )
    parser.add_argument(
        "--db",
        metavar="KIND",
        default="",
        help="run the suites on this kind of database, as pytest's option of that name",
    )
    parser.add_argument(
        "--outside",
        action="store_true",
        help="prove the black-box checks instead; `--wrong none` leaves out rejected answers, and "
        "those that are not finished",
    )
    parser.add_argument(
        "--take-stubs",
        action="store_true",
        help="first let `dojo reset` give back the files below katas/ as they are now",
    )
    parser.add_argument(
        "--all",
        action="store_true",
        help=f"show all problems of one kata, not the first {MOST_SHOWN} that its author comes to",
    )


def positive(text: str) -> int:
    """Return the whole number above 0 that *text* stands for."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("give a whole number above 0")
    return number


def share(text: str) -> tuple[int, int]:
    """Return the two numbers of *text*, ``2/3``."""
    which, _, of = text.partition("/")
    try:
        numbers = positive(which), positive(of)
    except ValueError:
        numbers = (1, 0)
    if numbers[0] > numbers[1]:
        raise argparse.ArgumentTypeError("give two whole numbers: 2/3 is the second of three")
    return numbers


def run(args: argparse.Namespace) -> int:
    """Make the proofs, show their progress, then what does not hold, then a table."""
    root = catalogue.find_root(Path.cwd())
    known, broken = catalogue.read(root)
    chosen: Sequence[Kata] = known
    if args.katas:
        chosen = [kata for kata in known if is_meant(kata.slug, args.katas)]
        broken = tuple(
            problem for problem in broken if is_meant(Path(problem.where).parts[1], args.katas)
        )
        for name in args.katas:
            slugs = [kata.slug for kata in known]
            slugs += [Path(problem.where).parts[1] for problem in broken]
            if not any(is_meant(slug, [name]) for slug in slugs):
                catalogue.find(known, name)  # says what is near
    if not chosen and not broken:
        raise DojoError(f"{root}: there is no kata to verify.", code=ExitCode.USAGE)
    edition.require_solutions(root)
    for path in reset.take(root, chosen) if args.take_stubs else []:
        screen.console().print(f"{catalogue.relative(path, root)}: taken.", markup=False)
    if args.outside:
        return prove_outside(root, chosen, wrong=args.wrong != "none", workers=args.workers)
    jobs = [
        job
        for kata in chosen
        for job in verify.jobs(kata, root, args.wrong, args.share, args.accepted)
    ]
    proofs = make(jobs, root, args.workers, args.db)
    problems = [*broken]
    for kata in chosen:
        problems += in_order(proof for proof in proofs if proof.job.kata is kata)
    shown = len(problems) if args.all or len(chosen) != 1 else MOST_SHOWN
    console = screen.console()
    for problem in problems[:shown]:
        console.print(f"\n{problem}", markup=False)
    if left := len(problems[shown:]):
        console.print(
            f"\n{left} more after these {shown}: mend these, then run the command again, or add "
            "`--all` to see them now."
        )
    console.print()
    console.print(table_of(chosen, proofs))
    for kata in chosen:
        if reason := versions.not_for_here(kata):
            console.print(f"Not run: {reason}.", style="yellow", markup=False)
    held = sum(not proof.problems for proof in proofs)
    console.print(
        f"{held} of {len(proofs)} proofs hold on Django {django.__version__}"
        + (f", {args.db}" if args.db else "")
        + {
            "all": "",
            "catching": "; wrong answers ran only the tests that are to catch them",
            "said": "; wrong answers ran the tests that are to catch them until these had said why",
            "none": "; wrong answers were left out",
        }[args.wrong]
        + ("; of the wrong answers, share {} of {}".format(*args.share) * (args.share[1] > 1))
        + ("; of the accepted ones, {} of {}".format(*args.accepted) * (args.accepted[1] > 1))
        + (f"; {len(broken)} metadata problems" if broken else "")
    )
    return ExitCode.TESTS_FAIL if problems else ExitCode.PASS


def in_order(proofs: Iterable[Proof]) -> list[Problem]:
    """Return the problems of one kata as its author comes to them."""
    found = (problem for proof in proofs for problem in proof.problems)
    return sorted(found, key=parts.step)


def prove_outside(root: Path, katas: Sequence[Kata], *, wrong: bool, workers: int | None) -> int:
    """Prove the black-box checks of *katas*, and show what each says of every answer."""
    from dojo.grading import proofs

    console = screen.console()
    count, problems = 0, 0
    wrong_ones: dict[str, dict[str, bool]] = defaultdict(dict)  # of each kata: which are caught
    for one in proofs.attempts(root, katas, wrong=wrong, workers=workers):
        count += 1
        problems += bool(one.problem)
        said = one.problem or (f"{one.mark.verdict} {one.mark.message}".partition("\n")[0])
        style = "red" if one.problem else ""
        line = f"{one.kata.number} {one.answer}, {one.mark.id.partition('::')[2]}: {said}"
        console.print(line, style=style, markup=False)
        if one.answer.startswith("rejected"):
            caught = wrong_ones[one.kata.number]
            caught[one.answer] = caught.get(one.answer, False) or one.catches
    for suspicion in proofs.suspicions(root, katas, workers=workers) if wrong else ():
        count += 1
        problems += bool(suspicion.tasks)
        tasks = ", ".join(map(str, sorted(suspicion.tasks)))
        said = f"task {tasks} passes inside, and not from outside" if tasks else "no suspicion"
        line = f"{suspicion.kata.number} {suspicion.answer}: {said}"
        console.print(line, style="red" if tasks else "", markup=False)
    for number, caught in wrong_ones.items():
        seen = sum(caught.values())
        console.print(
            f"{number}: {seen} of {len(caught)} wrong answers are caught from outside; "
            f"{len(caught) - seen} can't be told there."
        )
    console.print(f"{count - problems} of {count} proofs of black-box checks hold.")
    return ExitCode.TESTS_FAIL if problems else ExitCode.PASS


def is_meant(slug: str, names: Iterable[str]) -> bool:
    """Tell whether one of *names* stands for *slug*, or for its chapter."""
    return any(catalogue.is_called(slug, name) or name == slug[1:2] for name in names)


def make(jobs: Sequence[Job], root: Path, workers: int | None, database: str = "") -> list[Proof]:
    """Return the proofs in the order of *jobs*, with a progress bar while they are made."""
    bar = Progress(
        TextColumn("verify"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
        console=screen.console(),
        transient=True,
    )
    done = {}
    with bar:
        task = bar.add_task("", total=len(jobs))
        made = verify.prove_all(jobs, root, workers=workers, database=database)
        with contextlib.closing(made) as proofs:
            for proof in proofs:
                done[proof.job] = proof
                label = f"{proof.job.kata.number} {proof.job.kind} {proof.job.name}".rstrip()
                bar.update(task, advance=1, description=label)
    return [done[job] for job in jobs]


def table_of(katas: Sequence[Kata], proofs: Sequence[Proof]) -> Table:
    """Return one row a kata: how many proofs of each kind hold, and the seconds they took."""
    table = Table(box=None, pad_edge=False)
    table.add_column("kata")
    for kind in KINDS:
        table.add_column(kind, justify="right")
    table.add_column("seconds", justify="right")
    total: dict[tuple[str, str], int] = Counter()
    held: dict[tuple[str, str], int] = Counter()
    seconds: dict[str, float] = defaultdict(float)
    for proof in proofs:
        key = proof.job.kata.slug, proof.job.kind
        total[key] += 1
        held[key] += not proof.problems
        if proof.run is not None:
            seconds[proof.job.kata.slug] += proof.run.seconds
    for kata in katas:
        cells = [cell(held[kata.slug, kind], total[kata.slug, kind]) for kind in KINDS]
        table.add_row(kata.slug, *cells, f"{seconds[kata.slug]:.1f}")
    return table


def cell(held: int, total: int) -> Text:
    """Return how many proofs of a kind hold, out of how many."""
    if not total:
        return Text("-", "dim")
    return Text(f"{held}/{total}", "green" if held == total else "red")
