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
        over: The items whose call is over, clean-up included.
        cleaned: The items whose call has been cancelled and has cleaned up.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.begun: list[Any] = []
        self.over: list[Any] = []
        self.cleaned: list[Any] = []

    async def fetch(self, item: Any) -> str:
        """Call the service for *item*."""
        self.begun.append(item)
        try:
            return await self.service.fetch(item)
        except asyncio.CancelledError:
            # Each needs longer than the one before it, so that to wait for the first is too little.
            await asyncio.sleep(CLEANUP_S * (1 + self.begun.index(item)))
            self.cleaned.append(item)
            raise
        finally:
            self.over.append(item)


def starts(service: Service) -> dict[str, float]:
    """Return when each call started, by its label."""
    return {
        span.label: round(span.start, 3)
        for span in service.timeline.spans
        if span.start is not None
    }


async def results_of(call: str, mapping: Awaitable[list[Any]], *, task: int) -> list[Any]:
    """Await a map that is to return something; fail with the facts if it raises.

    Args:
        call: What the test called, as its author would write it.
        task: The number of the task in the brief.
    """
    try:
        return await mapping
    except NotImplementedError:
        raise
    except Exception as raised:
        error: BaseException = raised
        while isinstance(error, BaseExceptionGroup):  # as a task group raises it
            error = error.exceptions[0]
        pytest.fail(f"{call} raised {learner.told(error)}; expected results. (task {task})")
