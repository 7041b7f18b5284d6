"""``dojo interview``: a bundle for a candidate, the candidate's clock, the interviewer's report."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from dojo import catalogue, packing
from dojo.cli import export as exporting
from dojo.cli import screen
from dojo.interview import bundle, candidate
from dojo.model import DojoError, ExitCode

if TYPE_CHECKING:
    from dojo.interview.report import Report

SUMMARY = "make a bundle for a candidate, begin and end in it, and report on what comes back"
STYLES = {"passes": "green", "fails": "red"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add a parser for each of the four."""
    what = parser.add_subparsers(metavar="WHAT", required=True)
    new = what.add_parser("new", help="interviewer: make a bundle to hand out", allow_abbrev=False)
    exporting.add_katas_and_target(new)
    new.add_argument("--minutes", type=int, required=True, help="how long the candidate has")
    new.add_argument("--name", default="", help="what to call it; the candidate reads it, too")
    new.set_defaults(what=make_new)
    begin = what.add_parser("start", help="candidate: begin; your time runs from now")
    begin.set_defaults(what=start)
    end = what.add_parser("stop", help="candidate: end, and make the zip to hand back")
    end.set_defaults(what=stop)
    tell = what.add_parser(
        "report", help="interviewer: judge what was handed back", allow_abbrev=False
    )
    tell.add_argument("bundle", type=Path, help="the zip that came back, or a folder")
    tell.add_argument("--out", type=Path, metavar="FILE.html", help="write the whole report there")
    tell.set_defaults(what=report)


def run(args: argparse.Namespace) -> int:
    """Do one of the four."""
    return int(args.what(args, catalogue.find_root(Path.cwd())))


def make_new(args: argparse.Namespace, root: Path) -> int:
    """Write the bundle."""
    from dojo import export
    from dojo.interview import handout

    katas = export.chosen(catalogue.load(root), args.katas)
    place = packing.new_place(args.to, root)
    interview = handout.new(katas, args.minutes, args.name)
    tree = handout.tree(interview, root, katas)
    packing.write(tree, place, top=f"interview-{interview.id}")
    numbers = ", ".join(kata.number for kata in katas)
    say(f"{args.to}: interview {interview.id}, {numbers}, {interview.minutes} minutes.")
    say(f"The candidate begins with {bundle.RULES} in it.")
    if sum(kata.minutes for kata in katas) > interview.minutes:
        spent = sum(kata.minutes for kata in katas)
        say(f"These katas take about {spent} minutes: more than there is.", "yellow")
    return ExitCode.PASS


def start(args: argparse.Namespace, root: Path) -> int:
    """Begin."""
    from dojo.interview.course import span

    interview, used = candidate.start(root)
    minutes = interview.minutes
    if used >= 60 * minutes:
        say(f"It goes on; your {minutes} minutes are over.", "bold")
    elif used:
        until = candidate.ends_at(interview, used)
        say(f"It goes on, until {until}: {span(used)} of your {minutes} minutes are used.", "bold")
    else:
        say(f"Your {minutes} minutes run from now, until {candidate.ends_at(interview)}.", "bold")
    say("`python3 -m dojo` shows the first kata; `python3 -m dojo interview stop` ends it.")
    return ExitCode.PASS


def stop(args: argparse.Namespace, root: Path) -> int:
    """End."""
    ended, place = candidate.stop(root)
    say(f"Ended at {candidate.ago(ended)}.", "bold")
    say(f"Hand back {place}")
    say("It holds the files to edit and the record of your runs, and nothing else. Thank you.")
    say("Runs after this are not recorded. If you have stopped by mistake, start again.", "dim")
    return ExitCode.PASS


def report(args: argparse.Namespace, root: Path) -> int:
    """Judge what was handed back; print a summary, and write the page if it is wanted."""
    from dojo.interview import report as reports
    from dojo.interview import submission

    if args.out and args.out.exists():
        raise DojoError(
            f"{args.out}: this file exists, and it is not replaced.\nChoose another name.",
            code=ExitCode.USAGE,
        )
    with submission.opened(args.bundle, root) as given:
        found = reports.make(given, root)
    show(found)
    if args.out:
        from dojo.interview import page

        try:
            with args.out.open("x", encoding="utf-8") as file:
                file.write(page.render(found))
        except OSError as error:
            raise DojoError(
                f"{args.out}: the report can't be written: {error.strerror}.\n"
                "Choose another place.",
                code=ExitCode.USAGE,
            ) from None
        say(f"\n{args.out}: the whole report.")
    else:
        say("\n`--out FILE.html` writes the whole report: course, code, questions.")
    return ExitCode.PASS


def show(found: Report) -> None:
    """Print the summary."""
    from rich.table import Table
    from rich.text import Text

    from dojo.interview.course import span

    name = f" {found.interview.name}" if found.interview.name else ""
    say(f"Interview {found.interview.id}{name}", "bold")
    took = f", {span(found.course.seconds)} taken" if found.course.ended else ""
    say(f"{found.interview.minutes} minutes given{took}\n")
    table = Table(box=None, pad_edge=False)
    for heading in ("kata", "verdict", "tests", "tasks", "points", "time", "runs"):
        table.add_column(heading, justify="left" if heading in ("kata", "verdict") else "right")
    for one in found.katas:
        table.add_row(
            Text(f"{one.kata.number} {one.kata.title}"),
            Text(one.verdict, STYLES.get(one.verdict, "dim")),
            f"{one.run.count_passed} of {len(one.run.results)}",
            f"{one.tasks_done} of {len(one.kata.tasks)}",
            f"{one.points:g} of {one.kata.points}",
            span(one.spent_s) if one.runs else "-",
            str(len(one.runs)),
        )
    screen.console().print(table)
    say(f"\n{found.points:g} of {found.points_possible} points")
    for one in found.katas:
        for obstacle in one.run.obstacles:
            say(f"{one.kata.number} could not be run: {obstacle.error} {obstacle.message}")
        for like in one.resembles:
            alike = f"{like.name} ({like.likeness:.0%} alike)"
            say(f"{one.kata.number} resembles {alike}: {like.lesson}")
    for note in found.notes:
        say(f"Note: {note}", "yellow")


def say(text: str, style: str = "") -> None:
    """Print a line as it is, without what a terminal would obey."""
    plain = "".join(one if one.isprintable() or one == "\n" else "�" for one in text)
    screen.console().print(plain, style=style, markup=False)
