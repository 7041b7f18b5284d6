"""The screen itself: shows the pages of a session, and does what keys ask for."""

from __future__ import annotations

import asyncio
import contextlib
import time
from pathlib import Path
from typing import ClassVar

from rich.console import RenderableType
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Footer, Static

from dojo import catalogue, edition, interview, progress, reset, runner, versions
from dojo.cli import hint, screen, solution
from dojo.cli.fullscreen import overlays, pages
from dojo.cli.fullscreen.session import Session
from dojo.model import DojoError, Kata

TICK_S = 0.5
TIME_LEFT_S = 20.0


class DojoApp(App[None]):
    """A learner's screen."""

    TITLE = "dojo"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #main { height: 1fr; padding: 0 1; }
    #tasks { margin: 1 0; }
    #status { width: 100%; height: 1; padding: 0 1; }
    #page { padding: 1 2; height: 1fr; }
    .part { margin-bottom: 1; }
    ModalScreen { background: $background; }
    OptionList { height: 1fr; border: none; }
    #question { padding: 1 2; height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "hint", "hint"),
        Binding("a", "all", "all failures"),
        Binding("b", "brief", "brief"),
        Binding("l,j,slash", "list", "list, jump", key_display="l"),
        Binding("p", "previous", "previous"),
        Binding("n,enter", "next", "next", key_display="n"),
        Binding("s", "solution", "solution"),
        Binding("r", "reset", "reset"),
        Binding("space", "run", "run again", show=False),
        Binding("c,escape", "cancel", "cancel", show=False),
        Binding("q,ctrl+c", "quit", "quit", key_display="q", priority=False),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__(ansi_color=True)
        self.session = session
        self.root = session.root
        self.chapters = catalogue.chapters(session.root)
        self.all_failures = False

    def compose(self) -> ComposeResult:
        """Lay out the parts, from top to bottom."""
        with VerticalScroll(id="main"):
            yield Static(id="heading")
            yield Static(id="tasks")
            yield Static(id="body")
        yield Static(id="status")
        yield Footer()

    def on_mount(self) -> None:
        """Show what there is, and what comes."""
        self.loop = asyncio.get_running_loop()
        self.session.changed = self.changed
        self.refresh_pages()
        self.set_interval(TICK_S, self.refresh_status)
        if interview.is_at(self.root):
            self.set_interval(TIME_LEFT_S, self.refresh_pages)

    def on_resize(self) -> None:
        """Fit the pages to the new width, which holds from the next refresh on."""
        self.call_after_refresh(self.refresh_pages)

    def changed(self) -> None:
        """Show what is new; called in the session's threads, which do not wait for the screen."""
        with contextlib.suppress(RuntimeError):  # the loop has just been closed
            self.loop.call_soon_threadsafe(self.call_later, self.refresh_pages)

    def refresh_pages(self) -> None:
        """Show what the session knows."""
        if not self.is_running:
            return
        session, first = self.session, self.screen_stack[0]
        if session.began is not None and session.found is not None and session.first is None:
            # While it runs, the last verdict stays: a screen that goes blank at each save is no
            # rest. And the run wants the processor.
            self.refresh_status()
            return
        first.query_one("#heading", Static).update(pages.heading(session, self.chapters))
        shown = pages.tasks(session, self.size.width) if session.kata else ""
        first.query_one("#tasks", Static).update(shown)
        page = pages.body(session, all_failures=self.all_failures)
        first.query_one("#body", Static).update(page)
        self.refresh_status()

    def refresh_status(self) -> None:
        """Show what goes on, and for how long."""
        began = self.session.began
        seconds = time.monotonic() - began if began is not None else None
        line = pages.status(self.session, seconds, fork=runner.CAN_FORK)
        self.screen_stack[0].query_one("#status", Static).update(line, layout=False)

    def show(self, *parts: RenderableType) -> None:
        """Put a page on top."""
        self.push_screen(overlays.Page(*parts))

    def action_run(self) -> None:
        """Run the kata again."""
        self.session.again()

    def action_cancel(self) -> None:
        """End the run that is under way."""
        self.session.cancel()

    def action_all(self) -> None:
        """Show all failures, or the first alone again."""
        self.all_failures = not self.all_failures
        self.refresh_pages()

    def action_hint(self) -> None:
        """Show the hints so far, and one more."""
        if (kata := self.session.kata) is None:
            return
        try:
            task = self.session.state.of(kata).task or 1
            self.session.state, parts = hint.next_hint(kata, task, self.root)
        except DojoError as error:
            self.show(str(error))
            return
        self.show(*parts)

    def action_brief(self) -> None:
        """Show the brief."""
        if (kata := self.session.kata) is not None:
            self.show_file(kata.folder / "README.md")

    def show_file(self, path: Path) -> None:
        """Show a Markdown file, or why that can't be."""
        try:
            self.show(screen.markdown(catalogue.read_text(path, self.root)))
        except DojoError as error:
            self.show(str(error))

    def action_list(self) -> None:
        """Show all katas, to go to one."""
        page = overlays.Katas(self.session.katas, self.session.state, self.session.kata)
        self.push_screen(page, self.go_to)

    def go_to(self, kata: Kata | None) -> None:
        """Go on at *kata*; None: nothing was chosen."""
        if kata is None:
            return
        if reason := versions.not_for_here(kata):
            self.show(f"{reason}.")
            return
        try:
            self.session.go_to(kata)
        except DojoError as error:
            self.show(str(error))
        self.all_failures = False
        self.refresh_pages()

    def action_next(self) -> None:
        """Go on: to the next open kata after a solved one, else to the next."""
        session = self.session
        following = session.following()
        if following is None and session.kata is not None and session.state.is_solved(session.kata):
            session.go_to(None)  # there is none left
            self.refresh_pages()
        self.go_to(following)

    def action_previous(self) -> None:
        """Go back by one."""
        self.go_to(self.session.neighbour(-1))

    def action_solution(self) -> None:
        """Show the answer, at once if the kata is solved."""
        if (kata := self.session.kata) is None:
            return
        try:
            edition.require_solutions(self.root)
        except DojoError as error:
            self.show(str(error))
            return
        if self.session.state.may_see_answer(kata):
            self.show_solution(kata)
            return
        question = (
            f"{kata.number} is not solved yet.\n\n"
            "See the answer all the same? Your progress notes that you did."
        )
        self.push_screen(
            overlays.Question(question), lambda yes: self.show_solution(kata) if yes else None
        )

    def show_solution(self, kata: Kata) -> None:
        """Show the answer as a difference to the learner's, and what there is to say about it."""
        try:
            parts = (
                screen.difference(solution.difference(kata, self.root)),
                screen.markdown(solution.notes(kata, self.root)),
            )
            if not self.session.state.may_see_answer(kata):
                self.session.state = progress.give_up(self.root, kata)
        except DojoError as error:
            self.show(str(error))
            return
        self.show(*parts)

    def action_reset(self) -> None:
        """Put the stub back, if the learner is sure."""
        if (kata := self.session.kata) is None:
            return
        question = (
            f"Put the stub of {kata.number} back?\n\n"
            f"What you have written is kept in {reset.KEPT}/."
        )
        self.push_screen(
            overlays.Question(question), lambda yes: self.reset_kata(kata) if yes else None
        )

    def reset_kata(self, kata: Kata) -> None:
        """Put the stub back, and say where the old files are."""
        try:
            done = reset.reset(self.root, kata)
        except DojoError as error:
            self.show(str(error))
            return
        kept = (
            f"What you had written is in\n{done.kept}/" if done.kept else "It is the stub already."
        )
        self.show(kept)

    async def action_quit(self) -> None:
        """Leave everything in order."""
        self.session.close()
        self.exit()
