"""The course of an interview: what happened when, from a record whose clocks may be wrong.

Between two events of one sitting, time is what the monotonic clock says; where that clock began
anew, what the wall clock says, but never less than nothing. Where they disagree, a note says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dojo.interview.record import RUN, START, STOP, Event, Record
from dojo.model import HARMLESS, State

# Two clocks that are read one after the other, and stepped by what keeps them right.
TOLERANCE_S = 5.0
# Of one kata. Nobody looks at more, and a record may hold anything.
MOST_RUNS = 500


@dataclass(frozen=True)
class Moment:
    """An event, and the seconds of working time before it: pauses do not count."""

    seconds: float
    event: Event


@dataclass(frozen=True)
class Course:
    """What happened, in order.

    Attributes:
        spent: Seconds of working time by kata: up to each of its runs, from what came before.
        notes: What is odd about the record, a sentence each.
    """

    moments: tuple[Moment, ...]
    spent: dict[str, float]
    notes: tuple[str, ...]

    @property
    def seconds(self) -> float:
        """Working time in all, as far as it was recorded."""
        return self.moments[-1].seconds if self.moments else 0.0

    @property
    def ended(self) -> bool:
        """Tell whether the candidate has ended it."""
        return bool(self.moments) and self.moments[-1].event.kind == STOP

    def runs(self, slug: str) -> tuple[Moment, ...]:
        """Return the runs of one kata: the first ones, if there are very many."""
        found = (one for one in self.moments if one.event.kind == RUN and one.event.kata == slug)
        return tuple(found)[:MOST_RUNS]


def course_of(record: Record) -> Course:
    """Return the course that *record* tells."""
    moments: list[Moment] = []
    spent: dict[str, float] = {}
    notes = list(record.problems)
    for event in record.events:
        running = bool(moments) and moments[-1].event.kind != STOP
        if running == (event.kind == START):
            what = {START: "a second start", RUN: "a run", STOP: "a stop"}[event.kind]
            when = "while it ran" if running else "while it did not run"
            notes.append(f"The record has {what} at {clock(event)}, {when}; it is left out.")
            continue
        seconds = moments[-1].seconds if moments else 0.0
        if running:
            passed, odd = between(moments[-1].event, event)
            seconds += passed
            notes += odd
            if event.kind == RUN:
                spent[event.kata] = spent.get(event.kata, 0.0) + passed
        elif moments:
            notes.append(
                f"It was stopped at {clock(moments[-1].event)} and started again at "
                f"{clock(event)}; the time between does not count."
            )
        moments.append(Moment(seconds, event))
    if not moments:
        notes.append("It was never started, so nothing is recorded.")
    elif moments[-1].event.kind != STOP:
        notes.append("It was never stopped; the time after the last run is not known.")
    return Course(tuple(moments), spent, tuple(notes))


def between(one: Event, other: Event) -> tuple[float, Sequence[str]]:
    """Return the seconds from *one* to *other*, and what is odd about them."""
    wall = (other.at - one.at).total_seconds()
    steady = other.clock - one.clock
    if steady < 0:
        odd = f"Before {clock(other)} the machine was started anew"
        if wall < 0:
            return 0.0, [f"{odd}, and its clock set back by {span(-wall)}; no time is counted."]
        return wall, [f"{odd}; the {span(wall)} before are by its wall clock alone."]
    if wall < steady - TOLERANCE_S:
        return steady, [f"Before {clock(other)} the clock was set back by {span(steady - wall)}."]
    if wall > steady + TOLERANCE_S:
        return steady, [
            f"Before {clock(other)} the wall clock went on by {span(wall - steady)} more than the "
            "machine ran: it slept, or the clock was set. These do not count."
        ]
    return steady, []


def is_solved(event: Event) -> bool:
    """Tell whether a run passed."""
    states = set(event.tests.values())
    return State.PASSED in states and states <= HARMLESS


def turned_green(runs: Sequence[Moment]) -> Iterator[tuple[float, str]]:
    """Yield the tests of a kata that passed in its last run, with since when, in that order."""
    if not runs:
        return
    since: dict[str, float] = {}
    for moment in runs:
        for test, state in moment.event.tests.items():
            if state is State.PASSED:
                since.setdefault(test, moment.seconds)
            else:
                since.pop(test, None)
    yield from sorted((seconds, test) for test, seconds in since.items())


def clock(event: Event) -> str:
    """Return the time of an event on the wall."""
    return f"{event.at:%H:%M} UTC"


def span(seconds: float) -> str:
    """Return a length of time for people."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
