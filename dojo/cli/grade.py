"""``dojo grade``: pristine suites on submissions, each run in a sandbox; reports of the marks."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dojo import catalogue, versions
from dojo.cli import screen
from dojo.model import DojoError, ExitCode, Kata

SUMMARY = "grade submissions: folders, archives or git bundles, one or a thousand"
OUT = "grades"
FORMATS = "html,json,csv,markdown"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "submissions",
        nargs="+",
        type=Path,
        metavar="SUBMISSION",
        help="a folder, a zip, a tar or a git bundle, or a folder that holds many of these",
    )
    parser.add_argument(
        "--katas", metavar="NAMES", help="with commas, such as k101,k202; by default all"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(OUT),
        metavar="DIR",
        help=f"for the journal and the reports; {OUT} by default. The same one goes on with it",
    )
    parser.add_argument(
        "--format",
        default=FORMATS,
        metavar="NAMES",
        help=f"reports to write, with commas; {FORMATS} by default, docs/reports.md has them all",
    )
    parser.add_argument("--names", type=Path, metavar="CSV", help="who handed in which file")
    parser.add_argument(
        "--hidden", type=Path, metavar="DIR", help="your own further suites: DIR/<kata>/test_*.py"
    )
    parser.add_argument(
        "-j", type=positive, metavar="N", help="how many runs side by side; by default, processors"
    )
    parser.add_argument("--seed", metavar="WORD", help="what inputs are drawn from")
    parser.add_argument(
        "--seconds", type=positive, default=120, help="for one suite; 120 by default"
    )
    parser.add_argument(
        "--memory", type=positive, default=1024, metavar="MIB", help="for one run; 1024 by default"
    )
    parser.add_argument(
        "--sandbox", type=int, choices=(0, 1, 2), help="at most this level; by default the highest"
    )
    parser.add_argument(
        "--at-least",
        type=int,
        choices=(0, 1, 2),
        default=0,
        help="refuse to grade behind a sandbox of a lower level, be it one submission alone",
    )
    parser.add_argument(
        "--unsafe", action="store_true", help="grade many even where there is no sandbox"
    )
    parser.add_argument(
        "--executor", metavar="NAME", help="dask, dask:ADDRESS, or module:callable; see INSTRUCTORS"
    )
    parser.add_argument(
        "--strict", action="store_true", help="exit code 1 unless every kata passed"
    )


def positive(text: str) -> int:
    """Return a whole number above 0."""
    if (number := int(text)) < 1:
        raise ValueError
    return number


def run(args: argparse.Namespace) -> int:
    """Grade, write the reports, and print the one that is text."""
    from dojo.grading import batch, executors, intake, journal, sandbox
    from dojo.grading.whitebox import Walls
    from dojo.reports import saving, text

    root = catalogue.find_root(Path.cwd())
    katas, left_out = chosen(catalogue.load(root), args.katas)
    formats = known_formats(args.format)
    sources = intake.sources(args.submissions, args.names)
    level = sandbox.probe(2 if args.sandbox is None else args.sandbox)
    if level.number < args.at_least:
        raise DojoError(
            f"--at-least {args.at_least}: the sandbox that there is here is of level {level}.\n"
            "Install bubblewrap (Debian, Ubuntu: `apt install bubblewrap`), see INSTRUCTORS.md for "
            "what each level needs, or ask for less.",
            code=ExitCode.USAGE,
        )
    if level.number == 0 and len(sources) > 1 and not args.unsafe:
        raise DojoError(
            "There is no sandbox here, so one submission could change the others' marks, and this "
            "machine.\nInstall bubblewrap (Debian, Ubuntu: `apt install bubblewrap`), see "
            "INSTRUCTORS.md, or say `--unsafe` if you trust everyone who handed in.",
            code=ExitCode.USAGE,
        )
    limits = sandbox.Limits(seconds=args.seconds, memory_mib=args.memory)
    plan = batch.Plan(
        root,
        katas,
        sources,
        Walls(level, limits),
        hidden=args.hidden.resolve() if args.hidden else None,
        workers=args.j or os.cpu_count() or 1,
        executor=executors.named(args.executor) if args.executor else None,
    )
    for line in left_out:
        screen.console().print(line, style="yellow", markup=False)
    with journal.opened(args.out, args.seed) as notes, progress_bar() as progress:
        book = batch.grade(plan, notes, progress)
        written = saving.save(book, formats, args.out)
    print(text.write(book), end="")
    print(f"\nWritten: {', '.join(map(str, written[:6]))}" + (" …" if len(written) > 6 else ""))
    if not book.marked:
        return ExitCode.FAULT
    passed = all(submission.passed for submission in book.submissions)
    return ExitCode.PASS if passed or not args.strict else ExitCode.TESTS_FAIL


def known_formats(names: str) -> list[str]:
    """Return the names of report formats that *names* lists, with commas."""
    from dojo.reports import FORMATS

    wanted = [name.strip() for name in names.split(",") if name.strip()]
    if unknown := [name for name in wanted if name not in FORMATS]:
        raise DojoError(
            f"--format: there is no report called {', '.join(unknown)}.\n"
            f"There are: {', '.join(FORMATS)}.",
            code=ExitCode.USAGE,
        )
    return wanted


def chosen(katas: tuple[Kata, ...], names: str | None) -> tuple[tuple[Kata, ...], list[str]]:
    """Return the katas to grade, and what is said of those that are for other versions."""
    wanted = katas
    if names:
        found = [catalogue.find(katas, name.strip()) for name in names.split(",") if name.strip()]
        wanted = tuple(kata for kata in katas if kata in found)
    left_out = {kata.slug: reason for kata in wanted if (reason := versions.not_for_here(kata))}
    here = tuple(kata for kata in wanted if kata.slug not in left_out)
    if not here:
        raise DojoError(
            "\n".join(["There is no kata to grade.", *left_out.values()]), code=ExitCode.USAGE
        )
    return here, [f"{slug} is not graded: {reason}." for slug, reason in left_out.items()]


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int], None]]:
    """Give what shows how far the batch is, in the block; on a terminal, a bar with time left."""
    from rich import progress

    columns = (
        progress.TextColumn("grading"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
        progress.TextColumn("left"),
        progress.TimeRemainingColumn(),
    )
    console = screen.console(stderr=True)
    quiet = not console.is_terminal
    with progress.Progress(*columns, console=console, transient=True, disable=quiet) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
