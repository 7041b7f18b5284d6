"""A slow upstream service that exists only in the test: it takes its time by the test's clock.

Its answers are random tokens, so that none can be guessed. What was called when is on the timeline.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import sys
import threading
import time
from collections.abc import Coroutine, Hashable, Mapping
from typing import Any

import pytest
from asgiref.sync import markcoroutinefunction

from dojo.instruments import chart, learner
from dojo.instruments.loop_guard import blocked
from dojo.instruments.measured import Count, Seconds, explains_itself
from dojo.instruments.rendezvous import Gate, Rendezvous
from dojo.instruments.timeline import Call, Timeline

DEFAULT_SECONDS = 0.2
CRUNCH_SECONDS = 0.3


class Answer(str):
    """One random answer; it knows its service."""

    service: Service


class Answers(dict[Hashable, Answer]):
    """The answer for each key, made up when it is first looked at."""

    def __init__(self, service: Service) -> None:
        super().__init__()
        self._service = service

    def __missing__(self, key: Hashable) -> Answer:
        answer = Answer(f"{key}:{secrets.token_hex(3)}")
        answer.service = self._service
        # Two threads may ask at once: both have to get the same answer.
        return self.setdefault(key, answer)


class Service:
    """The upstream; each call takes 0.2 s unless the test says otherwise."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.answers = Answers(self)
        self._seconds: float | Mapping[Hashable, float] = DEFAULT_SECONDS
        self._errors: dict[Hashable, BaseException] = {}
        self._rendezvous: Rendezvous | None = None
        self._gate: Gate | None = None
        self._cpu_free_at = 0.0
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return "service"

    # -- what a test settles beforehand -------------------------------------------------------

    def takes(self, seconds: float | Mapping[Hashable, float]) -> None:
        """Set how long a call takes: one duration, or one for each key (0.2 s for other keys)."""
        self._seconds = seconds

    def fails(self, key: Hashable, error: BaseException) -> None:
        """Make calls for *key* raise *error* when their time is over."""
        self._errors[key] = error

    def rendezvous(self, size: int) -> Rendezvous:
        """Answer no call before *size* calls are in flight together."""
        self._rendezvous = Rendezvous(
            size, lambda fact: f"{fact}\n\n{self.timeline.chart(diagnosed=False)}"
        )
        return self._rendezvous

    def hold(self) -> Gate:
        """Hold every asynchronous call until the test releases it."""
        self._gate = Gate()
        return self._gate

    # -- what the code under test calls -------------------------------------------------------

    @markcoroutinefunction
    def fetch(self, key: Hashable, *, label: str = "") -> Coroutine[Any, Any, str]:
        """Await the answer for *key*.

        Args:
            label: How the call reads on the timeline, where it stands behind another name:
                ``clock.read()``.
        """
        # Not an `async def`: that would not notice a call that nobody awaits.
        return self._fetch(key, self._call(label or f"fetch({key!r})"))

    async def _fetch(self, key: Hashable, call: Call) -> str:
        __tracebackhide__ = True
        with call.running():
            if self._rendezvous is not None:
                await self._rendezvous.join(self._duration(key))
            elif self._gate is not None:
                await self._gate.hold(key)
            else:
                await asyncio.sleep(self._duration(key))
            return self._answer(key)

    def fetch_sync(self, key: Hashable) -> str:
        """Block until the answer for *key* is there."""
        label = f"fetch_sync({key!r})"
        __tracebackhide__ = True
        with self._call(label).running():
            blocked(f"service.{label}", sys._getframe(1))
            if self._rendezvous is not None:
                self._rendezvous.join_in_thread(self._duration(key))
            else:
                time.sleep(self._duration(key))
            return self._answer(key)

    def crunch(self, key: Hashable, seconds: float = CRUNCH_SECONDS) -> str:
        """Compute the answer for *key*: CPU work, so one thread at a time makes progress."""
        label = f"crunch({key!r})"
        __tracebackhide__ = True
        with self._call(label).running():
            blocked(f"service.{label}, {seconds:g} s of CPU work,", sys._getframe(1))
            with self._lock:
                now = self.timeline.now()
                self._cpu_free_at = round(max(self._cpu_free_at, now) + seconds, 9)
                wait = self._cpu_free_at - now
            time.sleep(wait)
            return self._answer(key)

    def _call(self, label: str) -> Call:
        frame = learner.nearest_learner_frame(sys._getframe(2))
        return self.timeline.call(label, learner.spot(frame) if frame is not None else None)

    def _duration(self, key: Hashable) -> float:
        if isinstance(self._seconds, Mapping):
            return self._seconds.get(key, DEFAULT_SECONDS)
        return self._seconds

    def _answer(self, key: Hashable) -> str:
        if key in self._errors:
            raise self._errors[key]
        return self.answers[key]

    # -- what a test judges -------------------------------------------------------------------

    @property
    def calls(self) -> Count:
        """How many calls were made, awaited or not."""
        return self.timeline.calls

    @property
    def peak_in_flight(self) -> Count:
        """The most calls that were in flight at one moment."""
        return self.timeline.peak_in_flight

    @property
    def threads(self) -> Count:
        """In how many threads the calls ran; 1 if all of them ran on one event loop."""
        return self.timeline.threads

    @property
    def unfinished(self) -> Count:
        """How many calls are still running, or were never awaited."""
        return self.timeline.unfinished

    @property
    def elapsed(self) -> Seconds:
        """The seconds since the test's body began."""
        return self.timeline.elapsed

    def explain(
        self, call: str, *, expected: str, observed: str | None = None, task: int | None = None
    ) -> str:
        """Say what *call* led to, in one line and a chart.

        Args:
            call: What the test called, as its author would write it.
            expected: Completes "expected …". Of "at most 2 in flight" the number is understood,
                and the first call above it is marked.
            observed: The fact in the test's words; otherwise it is taken from the timeline.
            task: The number of the task in the brief.
        """
        limit = re.search(r"at most (\d+) in flight", expected)
        fact = f"{call}: {observed or self._observed(expected)}; expected {expected}."
        number = f" (task {task})" if task is not None else ""
        drawn = self.timeline.chart(int(limit[1]) if limit else None)
        return f"{fact}{number}\n\n{drawn}\n"

    def _observed(self, expected: str) -> str:
        spans = self.timeline.spans
        most, at = chart.peak(spans)
        if "in flight" in expected:
            return f"{most} in flight at t={at:.2f} s" if most else "no call was in flight"
        calls = f"{len(spans)} call{'' if len(spans) == 1 else 's'}"
        return f"{calls}, at most {most} in flight, {self.elapsed:g} s in all"


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Say of wrong answers where they come from."""
    answer = next((a for side in (left, right) for a in _flat(side) if isinstance(a, Answer)), None)
    if op != "==" or answer is None or explains_itself(sys._getframe(1)):
        return None
    service, wanted = answer.service, right if answer in _flat(right) else left
    got = left if wanted is right else right
    sentence = _origin(service, _flat(got), _flat(wanted))
    drawn = service.timeline.chart().splitlines()
    return [f"{left!r} == {right!r}", sentence, "", *drawn]


def _flat(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, list | tuple) else [value]


def _origin(service: Service, got: list[object], wanted: list[object]) -> str:
    known = set(service.answers.values())
    if made_up := [value for value in got if value not in known]:
        values = ", ".join(map(repr, made_up[:3]))
        verb = "does" if len(made_up) == 1 else "do"
        return f"Made up: {values} {verb} not come from the service."
    if sorted(map(str, got)) == sorted(map(str, wanted)):
        return "The right answers, in the wrong order."
    return "Other answers of the service than those that were asked for."


@pytest.fixture
def service(timeline: Timeline) -> Service:
    """Provide a slow upstream: ``await service.fetch(key)``."""
    return Service(timeline)
