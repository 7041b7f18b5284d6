"""Exceptions behind error pages, and which line of the edited file they came through."""

from __future__ import annotations

import linecache
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.signals import got_request_exception

from dojo.instruments import learner


@contextmanager
def noting_errors() -> Iterator[list[str]]:
    """Give the exceptions of which Django makes error pages inside the block."""
    noted: list[str] = []

    def note(**kwargs: object) -> None:
        if error := sys.exc_info()[1]:
            noted.append(told(error))

    got_request_exception.connect(note)
    try:
        yield noted
    finally:
        got_request_exception.disconnect(note)


def told(error: BaseException) -> str:
    """Say what *error* is, and which line of the edited file it came through last."""
    fact = f"{type(error).__name__}: {error}"
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        path = frame.f_code.co_filename
        if learner.is_learner(path):
            source = linecache.getline(path, line).strip()
            spot = learner.Spot(learner.shown(path), line, frame.f_code.co_name, source)
            return fact if str(spot) in fact else f"{fact}, at {spot}"
    return fact
