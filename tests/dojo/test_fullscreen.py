"""The learner's screen in a terminal: what it shows after each save, key and mishap."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

if sys.platform == "win32":
    pytest.skip("needs a POSIX terminal", allow_module_level=True)

from dojo import progress
from dojo.cli.fullscreen import pages
from dojo.interview import MARK, candidate, handout, record
from dojo.model import Case, Result, State
from dojo.runner import Glimpse
from tests.dojo.house import KATA, SOLVED, STUB, House, views
from tests.dojo.terminal import Screen

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]

OTHER = "k205_more"
VIEWS = f"katas/{KATA}/views.py"
WAITING = "waiting for a save"


def other_kata(house: House) -> None:
    """Add a second kata that is like the first."""
    house.add_kata(OTHER)
    house.write_metadata(OTHER, title="More", concepts=["large numbers"])


def test_from_the_stub_to_the_next_kata(house: House) -> None:
    """Task by task, at each save; n goes on when it passes, says when all are, and q leaves."""
    other_kata(house)
    with Screen(house) as screen:
        screen.wait_for(
            *("k101 Double", f"edit {VIEWS}", "0 of 2 solved", "✗ 1  Double it"),
            *("task 1: double it", "1 more after this one: a shows all.", WAITING),
        )

        house.write(VIEWS, views(total="0"))
        screen.wait_for(
            *("✓ 1  Double it", "✗ 2  Add them up"),
            *("total([1, 2, 3]) is 0", "1 of 2 pass", WAITING),
        )

        house.write(VIEWS, SOLVED)
        screen.wait_for("PASS", "1 of 2 solved", "n  goes on to k205 More", WAITING)

        screen.press("n")
        screen.wait_for("k205 More", "task 1: double it", WAITING)
        house.write(f"katas/{OTHER}/views.py", SOLVED)
        screen.wait_for("PASS", "2 of 2 solved", WAITING)
        screen.press("n")
        screen.wait_for("All katas are solved.")
        screen.press("q")
        assert screen.end() == 0
    assert progress.load(house.root).is_solved(house.kata())


def test_every_key_does_what_it_says(house: House) -> None:
    """Hints one by one, brief, all failures, list and search, solution, reset, back and forth."""
    other_kata(house)
    house.write(VIEWS, views(double="0", total="0"))
    with Screen(house) as screen:
        screen.wait_for("double(21) is 0", WAITING)

        screen.press("a")
        screen.wait_for("double(21) is 0", "total([1, 2, 3]) is 0")
        screen.press("a")
        screen.wait_for("1 more after this one")

        screen.press("h")
        assert "Think of *." not in screen.wait_for("Hint 1 of 3", "Think of a product.")
        screen.press("\x1b")
        screen.wait_until_gone("Hint 1 of 3")
        screen.press("h")
        screen.wait_for("Think of a product.", "Hint 2 of 3", "Think of *.")
        screen.press("q")
        screen.wait_until_gone("Hint 1 of 3")

        screen.press("b")
        screen.wait_for("double answers with twice the number.")
        screen.press("q")

        screen.wait_for(WAITING)
        screen.press("l")
        screen.wait_for("> k101  Double", "k205  More")
        screen.press("large")
        screen.wait_until_gone("k101  Double")
        screen.press("\r")
        screen.wait_for("k205 More", "task 1: double it", WAITING)
        screen.press("p")
        screen.wait_for("k101 Double", "double(21) is 0", WAITING)

        screen.press("s")
        screen.wait_for("k101 is not solved yet.", "y yes")
        screen.press("n")
        screen.wait_for(WAITING)
        screen.press("s")
        screen.wait_for("k101 is not solved yet.", "y yes")
        screen.press("y")
        screen.wait_for("-    return 0", "+    return number * 2", "Why.")
        screen.press("q")

        screen.wait_for(WAITING)
        screen.press("r")
        screen.wait_for("Put the stub of k101 back?")
        screen.press("y")
        screen.wait_for("What you had written is in")
        screen.press("q")
        screen.wait_for("task 1: double it", WAITING)
        screen.press("q")
        assert screen.end() == 1
    assert (house.root / VIEWS).read_text() == STUB.lstrip("\n")
    (kept,) = house.root.glob(f".dojo/kept/*/{VIEWS}")
    assert kept.read_text() == views(double="0", total="0")
    entry = progress.load(house.root).of(house.kata())
    assert entry.hints == {"1": 2}
    assert entry.gave_up


def test_it_survives_what_learners_do(house: House) -> None:
    """Ten saves in a second, a syntax error, a file that vanishes, a window of any size."""
    with Screen(house) as screen:
        screen.wait_for("task 1: double it", WAITING)
        for number in range(10, 20):
            house.write(VIEWS, views(double=str(number)))
        screen.wait_for("double(21) is 19", WAITING)

        house.write(VIEWS, "async def double(:\n")
        screen.wait_for("STOP", "The tests could not start.", "SyntaxError", f"{VIEWS}:1", WAITING)

        house.remove(VIEWS)
        screen.wait_for("this file is gone", "dojo reset k101", WAITING)

        house.write(VIEWS, views(double="7"))
        screen.wait_for("double(21) is 7", WAITING)
        for size in ((30, 12), (200, 60), (20, 5), (80, 24)):
            screen.resize(*size)
        screen.wait_for("k101 Double", "double(21) is 7", WAITING)

        screen.press_ctrl_c()
        assert screen.end() == 1
    assert "Traceback" not in screen.text


def test_a_hang_is_cancelled_by_a_key_or_by_the_next_save(house: House) -> None:
    """Without waiting for its time limit."""
    inside, never = house.fifo("inside"), house.fifo("never")
    hang = f"open({str(inside)!r}, 'w').close()\nopen({str(never)!r}).close()\n" + SOLVED
    house.write(VIEWS, hang)
    with Screen(house) as screen:
        inside.open().close()
        screen.wait_for("c cancels")
        screen.press("c")
        screen.wait_for("The run was cancelled.", WAITING)
        screen.press(" ")
        inside.open().close()
        screen.wait_for("c cancels")
        before = len(screen.text)
        # In one step: half of a save would be a run of its own.
        os.replace(house.write(f"{VIEWS}.new", "\n" + hang), house.root / VIEWS)
        inside.open().close()
        # What is drawn after an answer to a key is not about the run before.
        screen.press("b")
        screen.wait_for("double answers with twice the number.")
        screen.press("q")
        screen.wait_until_gone("double answers with twice the number.")
        screen.wait_until_drawn("c cancels")
        assert "The run was cancelled." not in screen.text[before:]
        house.write(VIEWS, SOLVED)
        screen.wait_for("PASS", WAITING)
        screen.press("q")
        assert screen.end() == 0


@pytest.mark.parametrize(("done", "goes_on"), [(1, True), (2, False)])
def test_others_are_under_way_until_all_have_ended(done: int, goes_on: bool) -> None:
    """A failure of the last test is shown before the run has ended, too."""
    first = Result(Case("test_views.py::test_double", "Double it.", 1), State.FAILED, "4 is 5")
    session: Any = SimpleNamespace(kata=True, found=None, first=first)
    session.glimpse = Glimpse(done, 2, first)
    console = Console(record=True, file=io.StringIO())

    console.print(pages.verdict(session, all_failures=False))

    said = console.export_text()
    assert "4 is 5" in said
    assert ("The other tests are under way." in said) == goes_on


def test_the_first_failure_is_shown_while_others_are_under_way(house: House) -> None:
    """And how many tests have ended; whatever the last verdict was. The whole one follows."""
    held = os.open(house.fifo("held"), os.O_RDWR)
    house.write(VIEWS, views(double="number", total="0"))
    with Screen(house) as screen:
        screen.wait_for("✗ 1  Double it", "0 of 2 pass", WAITING)
        slow = f"await to_thread(Path({str(house.root / 'held')!r}).read_text) or sum(numbers)"
        answer = "from asyncio import to_thread\nfrom pathlib import Path\n\n\n" + views(
            double="number + 1", total=slow
        )
        house.write(VIEWS, answer)
        shown = screen.wait_for(
            *("double(21) is 22", "The other tests are under way."),
            *("Running for", "1 of 2 tests; c cancels"),
        )
        assert "more after this one" not in shown
        os.close(held)
        screen.wait_for("double(21) is 22", "of 2 pass", WAITING)
        screen.wait_until_gone("The other tests are under way.")
        screen.press("q")
        assert screen.end() == 1


def test_colours_can_be_turned_off(house: House) -> None:
    """By NO_COLOR, see https://no-color.org: greys are left, and bold."""
    with Screen(house, NO_COLOR="1") as screen:
        screen.wait_for("FAIL", "task 1: double it", WAITING)
        cells = [cell for line in screen.shown.buffer.values() for cell in line.values()]
        colours = {cell.fg for cell in cells} | {cell.bg for cell in cells}
        assert [
            one for one in colours - {"default", "black", "white"} if len({*pairs(one)}) > 1
        ] == []
        screen.press("q")
        screen.end()


def pairs(colour: str) -> list[str]:
    """Return the parts of a colour such as ``808080``; those of a grey are all the same."""
    return [colour[start : start + 2] for start in (0, 2, 4)]


def test_a_progress_that_cannot_be_read_is_said_before_the_screen_opens(house: House) -> None:
    """A mended file is all it takes."""
    file = house.write(".dojo/progress.json", "{")
    with Screen(house) as screen:
        assert screen.end() == 3
        assert "your progress can't be read" in screen.screen.replace("\n", "")
    assert Path(file).read_text() == "{"


def test_a_progress_that_cannot_be_saved_hides_no_verdict(house: House) -> None:
    """Here a folder stands where its lock belongs."""
    (house.root / ".dojo/progress.lock").mkdir(parents=True)
    with Screen(house) as screen:
        screen.wait_for(
            *("task 1: double it", "your progress can't be saved", "Your answer is untouched."),
            WAITING,
        )
        screen.press("q")
        assert screen.end() == 1


def test_the_way_leads_past_katas_for_other_versions(house: House) -> None:
    """By n and p; who chooses one in the list is told why it is left out."""
    for slug, django in (("k102_later", ">=9"), (OTHER, "")):
        house.add_kata(slug)
        house.write_metadata(slug, title=slug[5:].title(), **({"django": django} if django else {}))
    with Screen(house) as screen:
        screen.wait_for("k101 Double", WAITING)
        screen.press("n")
        screen.wait_for("k205 More", WAITING)
        screen.press("p")
        screen.wait_for("k101 Double", WAITING)
        screen.press("l")
        screen.wait_for("k102  Later")
        screen.press("later\r")
        screen.wait_for("k102 needs Django >=9")
        screen.press("q")
        screen.wait_until_gone("k102 needs")
        screen.press("q")
        assert screen.end() == 1


def test_a_candidate_has_neither_hints_nor_answers_and_is_recorded(house: House) -> None:
    """In a bundle: it says so at once, without asking who gives up."""
    house.remove("solutions")
    house.remove(f"katas/{KATA}/hints.md")
    interview = handout.new([house.kata()], 60)
    house.write(MARK, json.dumps({"version": 1, **vars(interview)}))
    candidate.start(house.root)
    with Screen(house) as screen:
        screen.wait_for("task 1: double it", WAITING)
        screen.press("h")
        screen.wait_for("This copy of the katas has no hints;")
        screen.press("q")
        screen.wait_for(WAITING)
        screen.press("s")
        screen.wait_for("This copy of the katas has no solutions:")
        screen.press("q")
        screen.wait_for(WAITING)

        house.write(VIEWS, SOLVED)
        shown = screen.wait_for("PASS", "1 of 1 solved", WAITING)
        assert "shows the reference answer" not in shown
        screen.press("q")
        assert screen.end() == 0
    runs = [event.tests for event in record.read(house.root).events if event.kind == record.RUN]
    assert [[*map(str, tests.values())] for tests in runs] == [["failed"] * 2, ["passed"] * 2]
