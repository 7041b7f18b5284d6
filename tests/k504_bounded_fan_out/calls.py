"""Calls: when they start, how long they need to clean up, and what a map of them returns."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest

from dojo.instruments import learner
from dojo.instruments.service import Service

CLEANUP_S = 0.03


class Calls:
    """Calls of the service that note when they begin and when all of it is over.

    Attributes:
        begun: The items whose call has begun.
        over: When each call came to its end by itself, in seconds, by its item.
        cancelled: The items whose call has been cancelled.
        cleaned: Those of them whose call has cleaned up.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.begun: list[Any] = []
        self.over: dict[Any, float] = {}
        self.cancelled: list[Any] = []
        self.cleaned: list[Any] = []

    async def fetch(self, item: Any) -> str:
        """Call the service for *item*."""
        self.begun.append(item)
        try:
            answer = await self.service.fetch(item)
        except asyncio.CancelledError:
            self.cancelled.append(item)
            # Each needs longer than the one before it, so that to wait for the first is too little.
            await asyncio.sleep(CLEANUP_S * (1 + self.begun.index(item)))
            self.cleaned.append(item)
            raise
        self.over[item] = round(float(self.service.elapsed), 3)
        return answer

    def fate(self, items: list[Any]) -> str:
        """Say what became of the calls for *items*, which had not been cleaned up in time."""
        dropped = [item for item in items if item in self.cancelled]
        ended = {item: self.over[item] for item in items if item in self.over}
        said = []
        if dropped:
            said.append(
                f"the calls for {dropped} were cancelled, but the map did not wait for their "
                "clean-up"
            )
        if ended:
            said.append(
                f"the calls for {list(ended)} ran to their end, at {list(ended.values())} s; "
                "nobody cancelled them"
            )
        return "; ".join(said)


def starts(service: Service) -> dict[str, float]:
    """Return when each call started, by its label."""
    return {
        span.label: round(span.start, 3)
        for span in service.timeline.spans
        if span.start is not None
    }


async def results_of(
    call: str, mapping: Awaitable[list[Any]], *, task: int, expected: str = "results"
) -> list[Any]:
    """Await a map that is to return something; fail with the facts if it raises.

    Args:
        call: What the test called, as its author would write it.
        task: The number of the task in the brief.
        expected: What the test expects instead of an error.
    """
    try:
        return await mapping
    except NotImplementedError:
        raise
    except Exception as raised:
        told = learner.told(first_of(raised))
        pytest.fail(f"{call} raised {told}; expected {expected}. (task {task})")


def first_of(error: BaseException) -> BaseException:
    """Return the first error in a group of them, as a task group raises it, or *error* itself."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
