"""Panels in front of the service, with a clean-up that takes its time."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any

from dojo.instruments.service import Service
from dojo.instruments.timeline import Span


class PanelError(Exception):
    """What a panel fails with."""


class Board:
    """Panels by name, to be handed to the code under test.

    Attributes:
        panels: What `load_all` gets.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.panels: dict[str, Callable[[], Coroutine[Any, Any, str]]] = {}
        self._takes: dict[Hashable, float] = {}

    def add(
        self,
        name: str,
        takes_s: float,
        *,
        fails: Exception | None = None,
        cleanup_s: float = 0.0,
        cleanup_fails: Exception | None = None,
    ) -> None:
        """Add a panel.

        Args:
            takes_s: Seconds until it answers, or *fails*.
            cleanup_s: Seconds that it goes on for when it is cancelled, ...
            cleanup_fails: ... and what it raises at the end of them.
        """
        self._takes[name] = takes_s
        self.service.takes(self._takes)
        if fails is not None:
            self.service.fails(name, fails)

        async def load() -> str:
            try:
                return await self.service.fetch(name, label=name)
            except asyncio.CancelledError:
                if cleanup_s:
                    with self.service.timeline.call(f"{name}, clean-up", None).running():
                        await asyncio.sleep(cleanup_s)
                if cleanup_fails is not None:
                    raise cleanup_fails from None
                raise

        self.panels[name] = load

    def answers(self, **missing: None) -> dict[str, str | None]:
        """Return the answer of each panel, by name, but for those that are *missing*."""
        found: dict[str, str | None] = {name: self.service.answers[name] for name in self.panels}
        return found | missing

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

    def explain(self, call: str, *, observed: str, expected: str, task: int) -> str:
        """Say what *call* led to, with a chart of the panels and their clean-ups.

        The chart is without a diagnosis: a clean-up starts when a call ends, as it should.
        """
        chart = self.service.timeline.chart(diagnosed=False) or "No panel was called."
        return f"{call}: {observed}; expected {expected}. (task {task})\n\n{chart}\n"
