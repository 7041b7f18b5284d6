"""Calls: when they start, how long they need to clean up, and what a map of them returns."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest

from dojo.instruments import learner
from dojo.instruments.service import Service

CLEANUP_S = 0.03

ONE_HAS_FAILED = "one call has failed before"
CLEAN_UPS_FAIL = "the clean-ups of its calls raise"
#: What may be wrong with calls when they are cancelled.
TROUBLES = ("", ONE_HAS_FAILED, CLEAN_UPS_FAIL)


class NoAnswerError(Exception):
    """What a call raises."""


class HangUpError(Exception):
    """What a call raises in place of CancelledError when its clean-up fails."""


class Calls:
    """Calls of the service that note when they begin and when all of it is over.

    Args:
        trouble: One of TROUBLES; the call that fails before is that for 0.

    Attributes:
        begun: The items whose call has begun.
        failed: Those whose call has raised an error by itself.
        over: When each call came to its end by itself, in seconds, by its item.
        cancelled: The items whose call has been cancelled.
        cleaned: Those of them whose call has cleaned up.
    """

    def __init__(self, service: Service, trouble: str = "") -> None:
        self.service, self.trouble = service, trouble
        if trouble == ONE_HAS_FAILED:
            service.fails(0, NoAnswerError("0"))
        self.begun: list[Any] = []
        self.failed: list[Any] = []
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
            if self.trouble == CLEAN_UPS_FAIL:
                raise HangUpError(item) from None
            raise
        except NoAnswerError:
            self.failed.append(item)
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
