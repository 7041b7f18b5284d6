"""Panels in front of the service, with a clean-up that takes its time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Hashable
from typing import Any

import pytest

from dojo.instruments.service import Service
from dojo.instruments.timeline import Span


class PanelError(Exception):
    """What a panel fails with."""


@contextlib.asynccontextmanager
async def calling(call: str, *, task: int) -> AsyncIterator[None]:
    """Judge how the block ends, which calls `load_all` as *call* says.

    Nobody cancels it, so no CancelledError may come out. Stragglers are what task 3 is about: in
    the tests of tasks 1 and 2, those that are left are ended here.
    """
    before = asyncio.all_tasks()
    try:
        yield
    except asyncio.CancelledError:
        current = asyncio.current_task()
        if current is None or current.cancelling():
            raise
        pytest.fail(
            f"{call}: load_all raised the CancelledError of a panel that it had cancelled; "
            f"nobody cancelled load_all. (task {task})"
        )
    finally:
        if task < 3:
            left = asyncio.all_tasks() - before
            for one in left:
                one.cancel()
            await asyncio.gather(*left, return_exceptions=True)


class Board:
    """Panels by name, to be handed to the code under test.

    Attributes:
        panels: What `load_all` gets.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.panels: dict[str, Callable[[], Coroutine[Any, Any, str]]] = {}
        self._takes: dict[Hashable, float] = {}
        self._answers: dict[str, str] = {}
        self._tasks: dict[str, asyncio.Task[Any] | None] = {}

    def add(
        self,
        name: str,
        takes_s: float,
        *,
        answers: str | None = None,
        fails: Exception | None = None,
        cleanup_s: float = 0.0,
        cleanup_fails: Exception | None = None,
    ) -> None:
        """Add a panel.

        Args:
            takes_s: Seconds until it answers, or *fails*.
            answers: What it answers; by default, what the service does.
            cleanup_s: Seconds that it goes on for when it is cancelled, ...
            cleanup_fails: ... and what it raises at the end of them, or when that is interrupted.
        """
        self._takes[name] = takes_s
        self.service.takes(self._takes)
        if fails is not None:
            self.service.fails(name, fails)
        if answers is not None:
            self._answers[name] = answers

        async def load() -> str:
            self._tasks[name] = asyncio.current_task()
            try:
                answer: str = await self.service.fetch(name, label=name)
                return self._answers.get(name, answer)
            except asyncio.CancelledError:
                try:
                    if cleanup_s:
                        with self.service.timeline.call(f"{name}, clean-up", None).running():
                            await asyncio.sleep(cleanup_s)
                finally:
                    if cleanup_fails is not None:
                        raise cleanup_fails from None
                raise

        self.panels[name] = load

    def answers(self, **missing: None) -> dict[str, str | None]:
        """Return the answer of each panel, by name, but for those that are *missing*."""
        found: dict[str, str | None] = {name: self.service.answers[name] for name in self.panels}
        return found | self._answers | missing

    def spans(self, suffix: str = "") -> dict[str, Span]:
        """Return the panels' calls, or what they do after it, by name of the panel."""
        by_label = {span.label: span for span in self.service.timeline.spans}
        return {name: by_label[name + suffix] for name in self.panels if name + suffix in by_label}

    @property
    def cleanups(self) -> dict[str, str]:
        """How each clean-up stands, by name of the panel: "ok" if it came to its end."""
        return {name: span.outcome for name, span in self.spans(", clean-up").items()}

    @property
    def fates(self) -> dict[str, str]:
        """How each panel's call ended, and when, by name of the panel: "cancelled at 0.5 s"."""
        return {
            name: span.outcome if span.end is None else f"{span.outcome} at {span.end:g} s"
            for name, span in self.spans().items()
        }

    @property
    def still_running(self) -> str:
        """Which panels are running when `load_all` has returned; empty if none is."""
        names = [name for name, span in self.spans().items() if span.end is None]
        if not names:
            return ""
        asked = all(task.cancelling() for name in names if (task := self._tasks[name]))
        return (
            f"panels still running when load_all returned at {self.service.elapsed:g} s: "
            f"{', '.join(names)}" + " (`cancel()` only asks: the panel has not run since)" * asked
        )

    def explain(self, call: str, *, observed: str, expected: str, task: int) -> str:
        """Say what *call* led to, with a chart of the panels and their clean-ups.

        The chart is without a diagnosis: a clean-up starts when a call ends, as it should.
        """
        chart = self.service.timeline.chart(diagnosed=False) or "No panel was called."
        return f"{call}: {observed}; expected {expected}. (task {task})\n\n{chart}\n"
