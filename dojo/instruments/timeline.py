"""What happened when: one span for each simulated call, as numbers, as a chart and as data."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from asyncio import events
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

import pytest

from dojo.instruments import chart
from dojo.instruments.clock import Clock
from dojo.instruments.learner import Spot
from dojo.instruments.measured import Count, Seconds

Outcome = Literal["never awaited", "running", "ok", "cancelled", "error"]


@dataclass(frozen=True, slots=True)
class Span:
    """One simulated call. Times are seconds since the test's body began, by its clock."""

    label: str
    #: The learner's line that made the call.
    spot: Spot | None
    #: None: the call was made, but nobody awaited it.
    start: float | None
    #: None: not over yet.
    end: float | None
    outcome: Outcome
    #: The type of the exception that ended the call.
    error: str | None
    task: str | None
    thread: str | None
    on_loop: bool
    #: How many calls were in flight when this one had started, itself included.
    together: int


class Call:
    """A span that is still being written."""

    def __init__(self, timeline: Timeline, label: str, spot: Spot | None) -> None:
        self._timeline = timeline
        self.span = Span(
            label, spot, None, None, "never awaited", None, None, None, on_loop=False, together=0
        )

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Record that the call is in flight while the block runs, and how it ended."""
        on_loop = events._get_running_loop() is not None
        task = asyncio.current_task() if on_loop else None
        # Counted, not computed from times: at one moment of virtual time a call may end and the
        # next one start, and it is their order that tells whether both were in flight.
        self._update(
            start=self._timeline.now(),
            together=self._timeline.count(1),
            outcome="running",
            task=task.get_name() if task else None,
            thread=threading.current_thread().name,
            on_loop=on_loop,
        )
        outcome: Outcome = "ok"
        error: str | None = None
        try:
            yield
        except BaseException as raised:
            outcome = "cancelled" if isinstance(raised, asyncio.CancelledError) else "error"
            error = type(raised).__name__
            raise
        finally:
            self._timeline.count(-1)
            self._update(end=self._timeline.now(), outcome=outcome, error=error)

    def _update(self, **changes: Any) -> None:
        fields = {name: getattr(self.span, name) for name in Span.__dataclass_fields__}
        self.span = Span(**{**fields, **changes})


class Timeline:
    """The simulated calls of one test, in the order in which they were made."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._calls: list[Call] = []
        self._in_flight = 0
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return "timeline"

    def now(self) -> float:
        """Return the seconds since the test's body began."""
        return round(self._now(), 9)

    def call(self, label: str, spot: Spot | None) -> Call:
        """Record that a call was made at *spot*; it has not started yet."""
        call = Call(self, label, spot)
        with self._lock:
            self._calls.append(call)
        return call

    def count(self, change: int) -> int:
        """Return how many calls are in flight after *change* more of them."""
        with self._lock:
            self._in_flight += change
            return self._in_flight

    @property
    def spans(self) -> tuple[Span, ...]:
        """All calls so far, in the order in which they were made."""
        with self._lock:
            return tuple(call.span for call in self._calls)

    @property
    def calls(self) -> Count:
        """How many calls were made, awaited or not."""
        return Count.of(len(self.spans), "calls", self.chart)

    @property
    def unfinished(self) -> Count:
        """How many calls are still running, or were never awaited."""
        count = sum(span.end is None for span in self.spans)
        return Count.of(count, "unfinished calls", self.chart)

    @property
    def peak_in_flight(self) -> Count:
        """The most calls that were in flight at one moment."""
        most, _ = chart.peak(self.spans)
        return Count.of(most, "peak in flight", self.chart, is_limit=True)

    @property
    def threads(self) -> Count:
        """In how many threads the calls ran; 1 if all of them ran on one event loop."""
        threads = {span.thread for span in self.spans if span.start is not None}
        return Count.of(len(threads), "threads", self.chart)

    @property
    def elapsed(self) -> Seconds:
        """The seconds since the test's body began."""
        return Seconds.of(self.now(), "elapsed", self.chart, unit=" s")

    def chart(self, at_most: int | None = None, *, diagnosed: bool = True) -> str:
        """Draw the calls, at most 80 columns wide.

        Args:
            at_most: So many calls may be in flight; the first one above that is marked.
            diagnosed: Whether to mark other mistakes, and to name the gravest.
        """
        return "\n".join(chart.draw(self.spans, self.now(), at_most, diagnosed=diagnosed))

    def to_dict(self) -> dict[str, Any]:
        """Return all that a renderer needs: totals, the diagnosis, and a list of spans."""
        return {
            "calls": int(self.calls),
            "unfinished": int(self.unfinished),
            "peak_in_flight": int(self.peak_in_flight),
            "threads": int(self.threads),
            "elapsed": float(self.elapsed),
            "diagnosis": chart.diagnose(self.spans, self.now()).sentence,
            "spans": [asdict(span) for span in self.spans],
        }

    def to_json(self) -> str:
        """Return `to_dict` as JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False)


@pytest.fixture
def timeline(clock: Clock) -> Timeline:
    """Record simulated calls, and draw them."""
    timeline = Timeline(lambda: clock.now)
    clock.chart = timeline.chart
    return timeline
