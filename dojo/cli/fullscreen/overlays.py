"""What lies on top of the screen until Escape: a page to read, the list of katas, a question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.console import RenderableType
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from dojo import course
from dojo.cli import list as listing
from dojo.model import Kata
from dojo.progress import Progress


class Page(ModalScreen[None]):
    """Something to read: the brief, hints, the solution."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "back"),
        Binding("j", "down", "down", show=False),
        Binding("k", "up", "up", show=False),
    ]

    def __init__(self, *parts: RenderableType) -> None:
        super().__init__()
        self.parts = parts

    def compose(self) -> ComposeResult:
        """Lay the parts out, one below the other."""
        with VerticalScroll(id="page"):
            for part in self.parts:
                yield Static(part, classes="part")
        yield Footer()

    def action_down(self) -> None:
        """Scroll."""
        self.query_one("#page").scroll_down()

    def action_up(self) -> None:
        """Scroll back."""
        self.query_one("#page").scroll_up()


class Katas(ModalScreen[Kata | None]):
    """All katas, with a search; Enter goes to one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "back"),
        Binding("enter", "choose", "go there"),
        Binding("down", "move(1)", "down", show=False, priority=True),
        Binding("up", "move(-1)", "up", show=False, priority=True),
    ]

    def __init__(self, katas: Sequence[Kata], state: Progress, here: Kata | None) -> None:
        super().__init__()
        self.katas = katas
        self.state = state
        self.here = here
        self.shown = ""

    def compose(self) -> ComposeResult:
        """Lay out the search above the list."""
        yield Input(placeholder="search by word, concept, number or `chapter 4`")
        yield OptionList()
        yield Footer()

    def on_mount(self) -> None:
        """Show all, with the present one marked."""
        self.fill("")
        slugs = [kata.slug for kata in self.katas]
        if self.here:
            self.query_one(OptionList).highlighted = slugs.index(self.here.slug)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what matches."""
        self.fill(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the kata that is marked, among those for what has been typed until now."""
        if event.value != self.shown:  # Enter came faster than the list
            self.fill(event.value)
        self.action_choose()

    def fill(self, words: str) -> None:
        """Put the katas that match *words* into the list."""
        self.shown = words
        options = self.query_one(OptionList)
        options.clear_options()
        for kata in course.search(self.katas, words):
            sign, word, style = listing.standing(kata, self.state, self.here)
            text = Text(f"{sign} {kata.number}  {kata.title:<34} {kata.level:<9}", style)
            text.append(f" {word or ', '.join(kata.concepts[:2])}", "dim")
            options.add_option(Option(text, id=kata.slug))
        if options.option_count:
            options.highlighted = 0

    def action_move(self, step: int) -> None:
        """Move in the list while the cursor stays in the search."""
        options = self.query_one(OptionList)
        options.action_cursor_down() if step > 0 else options.action_cursor_up()

    def action_choose(self) -> None:
        """Go to the kata that is marked."""
        options = self.query_one(OptionList)
        if options.highlighted is None:
            return
        slug = options.get_option_at_index(options.highlighted).id
        self.dismiss(next(kata for kata in self.katas if kata.slug == slug))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Do the same for a click."""
        self.dismiss(next(kata for kata in self.katas if kata.slug == event.option.id))


class Question(ModalScreen[bool]):
    """A question that takes y for yes; anything else that closes it means no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "dismiss(True)", "yes"),
        Binding("n,escape,q", "dismiss(False)", "no"),
    ]

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def compose(self) -> ComposeResult:
        """Show it."""
        yield Static(self.text, id="question", markup=False)
        yield Footer()
