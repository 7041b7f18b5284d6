"""``dojo`` alone: go on where the learner stands."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from dojo import catalogue, course, interview, progress, runner, saves, versions
from dojo.model import DojoError, ExitCode, Kata, Run

SUMMARY = "show the kata you are on, run it, and run it again on every save"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument(
        "--once", action="store_true", help="run once and exit, as where there is no terminal"
    )
    parser.add_argument(
        "--plain", action="store_true", help="print each verdict below the last: no full screen"
    )


def run(args: argparse.Namespace) -> int:
    """Run the current kata; in a terminal, again on every save."""
    root = catalogue.find_root(Path.cwd())
    katas = catalogue.load(root)
    check_begun(root)
    if args.once or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return step(katas, root)
    if args.plain or os.environ.get("TERM") == "dumb":
        return watch(katas, root)
    return full_screen(katas, root)


def check_begun(root: Path) -> None:
    """Refuse to run anything for a candidate whose interview has not begun.

    Raises:
        DojoError: Nothing would be recorded.
    """
    if interview.is_at(root):
        from dojo.interview import record

        record.check_begun(root)


def step(
    katas: Sequence[Kata],
    root: Path,
    spawn: runner.Spawn | None = None,
    before: Callable[[Kata], None] = lambda kata: None,
) -> int:
    """Run the current kata, and the next ones for as long as they pass.

    Args:
        before: Called with each kata before it is run.

    Returns:
        PASS when every kata is solved; TESTS_FAIL when one that is not has been shown.
    """
    while (kata := current(katas, root)) is not None:
        before(kata)
        if not run_and_show(kata, root, spawn):
            return ExitCode.TESTS_FAIL
        print()
    from dojo.cli import screen

    console = screen.console()
    reasons = [reason for kata in katas if (reason := versions.not_for_here(kata))]
    for reason in reasons:
        console.print(f"Left out: {reason}.", style="yellow", markup=False)
    console.print(f"All {len(katas) - len(reasons)} katas are solved.")
    return ExitCode.PASS


def full_screen(katas: Sequence[Kata], root: Path) -> int:
    """Show the screen until the learner quits.

    Returns:
        PASS when every kata is solved by then.
    """
    from dojo.cli.fullscreen.session import Session

    session = Session(root, katas)
    session.start()
    try:
        # By itself it draws what is new up to a sixtieth of a second late.
        os.environ.setdefault("TEXTUAL_FPS", "240")
        # The first run is under way while this is imported, which takes 0.3 s.
        from dojo.cli.fullscreen.app import DojoApp

        DojoApp(session).run()
    finally:
        session.close()
    if current(katas, root) is None:
        return ExitCode.PASS
    print("Until next time. `python3 -m dojo` goes on from here.")
    return ExitCode.TESTS_FAIL


def watch(katas: Sequence[Kata], root: Path) -> int:
    """Step now and on every save, until the learner presses Ctrl-C or all katas are solved."""
    from dojo.cli import screen

    console = screen.console()
    watched = saves.Watch(root)
    # As they were before their last run: a save in the middle of it is not missed.
    looks: dict[str, saves.Look] = {}

    def look(kata: Kata) -> None:
        looks[kata.slug] = saves.look(kata)

    with runner.warm_spawn(root, rehearsal="fork") as spawn:
        while True:
            console.clear()
            try:
                code = step(katas, root, spawn, look)
            except DojoError as error:
                console.print(str(error), style="red", markup=False)
                code = error.code
            kata = current(katas, root)
            if kata is None:
                return code
            try:
                left = interview.time_left(root)
                console.print(f"\nWaiting for a save. Ctrl-C quits. {left}".rstrip(), style="dim")
                while saves.look(kata) == looks[kata.slug]:
                    watched.tick()
            except KeyboardInterrupt:
                console.print("\nUntil next time. `python3 -m dojo` goes on from here.")
                return code


def add_kata(parser: argparse.ArgumentParser) -> None:
    """Add the argument that names a kata; without it a command is about the current one."""
    parser.add_argument(
        "kata", nargs="?", help="a kata's number or name; without it, the one you are on"
    )


def named_or_current(name: str | None, root: Path) -> Kata:
    """Return the kata called *name*, or where the learner stands.

    Raises:
        DojoError: There is none, or all are solved.
    """
    katas = catalogue.load(root)
    kata = catalogue.find(katas, name) if name else current(katas, root)
    if kata is None:
        raise DojoError(
            "All katas are solved: name the one you mean, such as k102.", code=ExitCode.USAGE
        )
    return kata


def named_or_solved(name: str | None, root: Path) -> Kata:
    """Return the kata called *name*, or the one that was solved last, or the current one."""
    state = progress.load(root)
    solved = [kata for kata in catalogue.load(root) if state.is_solved(kata)]
    if name or not solved:
        return named_or_current(name, root)
    return max(solved, key=lambda kata: state.of(kata).seen)


def current(katas: Sequence[Kata], root: Path) -> Kata | None:
    """Return where the learner stands; None when all katas are solved."""
    return course.here(katas, progress.load(root))


def run_and_show(kata: Kata, root: Path, spawn: runner.Spawn | None = None) -> bool:
    """Run a kata, print the verdict, note it if it passes, and return whether it does."""
    found = run_kata(kata, root, spawn)
    from dojo.cli import screen

    screen.console().print(screen.verdict(kata, found), end="")
    note(kata, found, root)
    return found.passed


def note(kata: Kata, found: Run, root: Path) -> None:
    """Note what became of a run; one whose suite ran nothing leaves no note."""
    if found.skipped:
        return
    if interview.is_at(root):
        from dojo.interview import record

        record.note_run(root, kata, found)
    first = found.failures[0].case.task if found.failures else None
    jumped = progress.load(root).here == kata.name
    state = progress.record(root, kata, passed=found.passed, task=first)
    if jumped and found.passed:  # the way goes on from there
        progress.jump(root, course.following(catalogue.load(root), state, kata))


def run_kata(
    kata: Kata,
    root: Path,
    spawn: runner.Spawn | None = None,
    tell: runner.Tell | None = None,
) -> Run:
    """Run a kata on the learner's files; for *spawn* and *tell* see `dojo.runner.run`.

    Raises:
        DojoError: The suite or one of the files is gone.
    """
    for name in kata.edit:
        if not (kata.folder / name).is_file():
            raise DojoError(
                f"katas/{kata.slug}/{name}: this file is gone, and it is the one to edit.\n"
                "Bring it back with your editor; or `python3 -m dojo reset "
                f"{kata.number}` gives you the stub as you got it.",
                code=ExitCode.USAGE,
            )
    if not kata.suite.is_dir():
        raise DojoError(
            f"tests/{kata.slug}: the suite of this kata is gone.\n"
            f"Bring it back with `git restore tests/{kata.slug}`.",
            code=ExitCode.USAGE,
        )
    return runner.run(kata, root, spawn=spawn, tell=tell)
