"""In which mode each of the newsroom's middlewares is, and what it takes to get there by hand."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from asgiref.sync import AsyncToSync
from django.utils.module_loading import import_string

from dojo.instruments import learner
from dojo.instruments.ledger import Ledger
from katas.k302_modernise_the_stack import views
from katas.k302_modernise_the_stack.settings import MIDDLEWARE


def modes(stack: Sequence[str], *, is_async: bool) -> str:
    """Say which kind of get_response each middleware of ours in *stack* is for, as they declare.

    Django goes by what they say they can serve, from the innermost to the outermost; one that then
    is of another kind than it says is handed on as what it is.

    Args:
        is_async: Whether the handler is.
    """
    found: dict[str, list[str]] = {}
    for path in reversed(stack):
        middleware = import_string(path)
        if is_async or not getattr(middleware, "sync_capable", True):
            is_async = getattr(middleware, "async_capable", False)
        if path in MIDDLEWARE:
            found.setdefault("async" if is_async else "sync", []).insert(0, path.rpartition(".")[2])
    kinds = [f"{kind} for {', '.join(names)}" for kind, names in found.items()]
    return f"get_response was {' and '.join(kinds)} (by what they declare)"


class Loops(Ledger[str]):
    """What was run on an event loop by sync code."""

    nouns = ("call through async_to_sync", "calls through async_to_sync")


class LoopsAround(Ledger[str]):
    """What sync code was running on an event loop when a view answered."""

    nouns = (
        "call through async_to_sync that runs the view too",
        "calls through async_to_sync that run the view too",
    )


@contextmanager
def noting_loops() -> Iterator[tuple[Loops, LoopsAround]]:
    """Give what goes through async_to_sync inside the block, but for the views.

    The second ledger has those of the calls that had not returned when a view answered.
    """
    original: Any = AsyncToSync.__call__
    page = views.page
    loops, around = Loops(), LoopsAround()
    running: list[str] = []

    def noted(self: Any, *args: Any, **kwargs: Any) -> Any:
        if getattr(self.awaitable, "__module__", "") == views.__name__:
            return original(self, *args, **kwargs)
        name = getattr(self.awaitable, "__qualname__", type(self.awaitable).__qualname__)
        frame = learner.direct_learner_caller(sys._getframe(1))
        loops.append(f"{name}  at {learner.spot(frame)}" if frame else name)
        running.append(loops[-1])
        try:
            return original(self, *args, **kwargs)
        finally:
            running.pop()

    def noted_page(*args: Any) -> Any:
        for call in running:
            around.append(call)
        return page(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AsyncToSync, "__call__", noted)
        patch.setattr(views, "page", noted_page)
        yield loops, around
