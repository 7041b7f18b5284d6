"""The stack of middleware that a test asks for, and what the middleware under test has logged."""

import asyncio
import logging
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from dojo.instruments import learner
from dojo.instruments.hops import Hop, Hops
from tests.k301_dual_mode_timing.serving import TIMING

if TYPE_CHECKING:
    from pytest_django import Settings

LOGGER = "newsroom.timing"


@pytest.fixture
def load(settings: "Settings") -> Callable[..., None]:
    """Return a function that sets MIDDLEWARE to the paths that it is given, outermost first."""

    def put(*paths: str) -> None:
        settings.MIDDLEWARE = list(paths)

    return put


@pytest.fixture
def timing(load: Callable[..., None]) -> None:
    """Put the middleware under test into the stack, alone."""
    load(TIMING)


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], list[str]]:
    """Return a function that tells what is in the log of the middleware: level and message."""
    caplog.set_level(logging.DEBUG, logger=LOGGER)

    def read() -> list[str]:
        return [
            f"{record.levelname} {text(record)}"
            for record in caplog.records
            if record.name == LOGGER
        ]

    return read


def text(record: logging.LogRecord) -> str:
    """Return the message of *record*, or say why it has none."""
    try:
        return record.getMessage()
    except (TypeError, ValueError) as error:
        return f"{record.msg!r} with {record.args!r}, which can't be formatted: {error}"


class Handover(Hop):
    """One call handed to an executor of the loop, past ``sync_to_async``."""

    def __str__(self) -> str:
        return self.call + (f"  at {self.spot}" if self.spot else "")


@pytest.fixture
def hops(hops: Hops, monkeypatch: pytest.MonkeyPatch) -> Hops:
    """Count what goes to a thread by `asyncio.to_thread` and `loop.run_in_executor`, too."""
    original: Any = asyncio.BaseEventLoop.run_in_executor

    def counted(loop: asyncio.BaseEventLoop, executor: Any, func: Any, *args: Any) -> Any:
        caller = sys._getframe(1)
        by = caller.f_globals["__name__"]
        if not by.startswith("asgiref."):  # sync_to_async is counted already
            frame = learner.nearest_learner_frame(caller)
            how = "asyncio.to_thread" if by == "asyncio.threads" else "run_in_executor"
            # to_thread hands over a partial of Context.run.
            called = func.args[0] if by == "asyncio.threads" and func.args else func
            name = getattr(called, "__qualname__", type(called).__qualname__)
            hops.append(Handover(f"{how}({name})", False, learner.spot(frame) if frame else None))
        return original(loop, executor, func, *args)

    monkeypatch.setattr(asyncio.BaseEventLoop, "run_in_executor", counted)
    return hops
