"""A small dojo that is a candidate's copy, the clocks of its record, and what reads both."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from dojo import cli
from dojo.cli import go
from dojo.interview import MARK, course, handout, record
from dojo.interview.course import Course
from dojo.model import Case, Result, Run, State
from tests.dojo.house import KATA, House

Capture = pytest.CaptureFixture[str]
VIEWS = f"katas/{KATA}/views.py"
DOUBLES, ADDS_UP = "test_views.py::test_doubles", "test_views.py::test_adds_up"


class Clocks:
    """The two clocks of a record, in the hands of a test."""

    def __init__(self) -> None:
        self.wall = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
        self.steady = 1000.0

    def go(self, minutes: float, *, wall: float | None = None) -> None:
        """Let time pass; on the *wall*, another span."""
        self.steady += 60 * minutes
        self.wall += timedelta(minutes=minutes if wall is None else wall)


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    """Put the clocks of the record into the test's hands."""
    clocks = Clocks()

    class Fixed(datetime):
        """Whose present is the test's."""

        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            """Return it."""
            return clocks.wall

    monkeypatch.setattr(record, "time", SimpleNamespace(monotonic=lambda: clocks.steady))
    monkeypatch.setattr(record, "datetime", Fixed)
    return clocks


@pytest.fixture
def given(house: House) -> House:
    """Make the small dojo a candidate's copy, of an interview of one hour."""
    house.furnish()
    made = handout.new([house.kata()], 60, "Backend")
    house.write(MARK, json.dumps({"version": 1, **vars(made)}))
    return house


def note(house: House, **states: State) -> None:
    """Note a run of the kata, in which its two tests ended so."""
    tests = {DOUBLES: states.get("doubles", State.PASSED), ADDS_UP: states.get("adds", "failed")}
    results = tuple(Result(Case(id_, "", 1), State(state)) for id_, state in tests.items())
    go.note(house.kata(), Run(results, seconds=0.25), house.root)


def told(house: House) -> Course:
    """Return the course that the house's record tells."""
    return course.course_of(record.read(house.root))


def said(capsys: Capture, *words: object, code: int = 0) -> str:
    """Return what a command prints, and check its exit code."""
    assert cli.main(["interview", *map(str, words)]) == code, capsys.readouterr()
    out, err = capsys.readouterr()
    return err if code else out
