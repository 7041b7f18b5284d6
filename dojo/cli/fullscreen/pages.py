"""What the screen says, as text: pure functions of what a session knows."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.style import Style
from rich.text import Text

from dojo import interview
from dojo.cli import screen
from dojo.cli.fullscreen.session import Session
from dojo.model import Chapter

SIGNS = {True: ("✓", "green"), False: ("✗", "red"), None: ("·", "dim")}


def heading(session: Session, chapters: Mapping[int, Chapter]) -> Text:
    """Return where the learner is: kata, chapter, how far, which files to edit."""
    done = sum(map(session.state.is_solved, session.katas))
    text = Text()
    kata = session.kata
    if kata is None:
        text.append(f"{done} of {len(session.katas)} solved", "bold")
        return text
    text.append(f"{kata.number} {kata.title}", "bold")
    chapter = chapters.get(kata.chapter)
    about = f"{kata.chapter} {chapter.title}" if chapter else f"chapter {kata.chapter}"
    text.append(f"   {about} · {done} of {len(session.katas)} solved", "dim")
    if left := interview.time_left(session.root):
        text.append(f" · {left}", "bold")
    text.append("\n")
    for name in kata.edit:
        text.append("edit ", "dim")
        # Terminals that can open it on a click; others show the path.
        link = (kata.folder / name).resolve().as_uri()
        text.append(f"katas/{kata.slug}/{name}", Style(bold=True, link=link))
        text.append("\n")
    text.rstrip()
    return text


def tasks(session: Session, width: int) -> Text:
    """Return a line a task: how many of its tests pass. *width* is that of the terminal."""
    text = Text()
    room = max(10, min(42, width - 20))
    for task in session.kata.tasks if session.kata else ():
        good, total = session.found.by_task(task.number) if session.found else (0, 0)
        fails = session.first is not None and session.first.case.task == task.number
        if fails:
            total = 0  # of the last run
        sign, style = SIGNS[False if fails else good == total if total else None]
        text.append(f" {sign} {task.number}  ", style)
        text.append(f"{shortened(task.title, room):<{room}}", "" if total else "dim")
        text.append(f" {good} of {total}\n" if total else "\n", "dim")
    text.rstrip()
    return text


def shortened(words: str, room: int) -> str:
    """Return *words*, cut where there is no room for all."""
    return words if len(words) <= room else f"{words[: room - 1]}…"


def below(headline: Text, facts: Text) -> RenderableType:
    """Return a headline and its facts, which keep their indent where a line is wrapped."""
    return Group(headline, Padding(facts, (0, 0, 0, screen.INDENT)))


def body(session: Session, *, all_failures: bool) -> RenderableType:
    """Return the verdict, and below it why it could not be noted, if so."""
    said = verdict(session, all_failures=all_failures)
    return Group(said, Text(f"\n{session.unnoted}", "red")) if session.unnoted else said


def verdict(session: Session, *, all_failures: bool) -> RenderableType:
    """Return the one failure that matters, or all; or what there is to say instead."""
    kata, found = session.kata, session.found
    parts: list[RenderableType]
    if kata is None:
        return Text("All katas are solved. `dojo status` shows what you can do now.")
    if session.first is not None:
        parts = [below(*screen.parts_of(session.first))]
        if session.glimpse is None or session.glimpse.done < session.glimpse.total:
            parts += [Text(""), Text("The other tests are under way.", "dim")]
        return Group(*parts)
    if session.error:
        return Text(session.error, "red")
    if found is None:
        return Text("")
    if found.passed:
        return passed(session)
    if found.skipped:
        return Text(found.results[0].message, "yellow")
    if found.obstacles:
        return below(*screen.parts_of_obstacle(found.obstacles[0]))
    shown = found.failures if all_failures else found.failures[:1]
    parts = []
    for headline, facts in screen.parts_of_each(shown):
        parts += [below(headline, facts), Text("")]
    if others := len(found.failures) - len(shown):
        parts.append(Text(f"{others} more after this one: a shows all.", "dim"))
    return Group(*parts)


def passed(session: Session) -> Text:
    """Return what to say of a kata that passes."""
    text = Text("PASS  ", "bold green")
    text.append("All tests of this kata pass.\n\n")
    if (following := session.following()) is not None and following != session.kata:
        text.append("n", "bold")
        text.append(f"  goes on to {following.number} {following.title}\n")
    if session.kata is None or not session.kata.solutions.is_dir():
        return text
    text.append("s", "bold")
    text.append("  shows the reference answer beside yours, and other right answers\n")
    return text


def so_far(session: Session) -> str:
    """Return how many tests of the run under way have ended; nothing before they are collected."""
    glimpse = session.glimpse
    return f", {glimpse.done} of {glimpse.total} tests" if glimpse and glimpse.total else ""


def status(session: Session, seconds: float | None, fork: bool) -> Text:
    """Return the last line: what goes on; *seconds* for how long a run has been under way."""
    if seconds is not None:
        text = Text("Running", "yellow")
        # A run is over in a moment; who waits longer wants to know what there is to do.
        text.append(f" for {seconds:.0f} s{so_far(session)}; c cancels" if seconds >= 1 else " …")
        return text
    if session.kata is None:
        return Text("l lists them all, q quits", "dim")
    text = Text()
    if (found := session.found) is not None and found.results:
        text.append(f"{found.count_passed} of {len(found.results)} pass", "bold")
        text.append(f" in {found.seconds:.2f} s · ", "dim")
    text.append("waiting for a save", "dim")
    if not fork:
        text.append(" · a fresh process for each run: this system can't fork", "dim")
    return text
