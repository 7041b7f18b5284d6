"""What Django made an error page of, and which line of the learner's it came through."""

import linecache
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.signals import got_request_exception

from dojo.instruments import learner


@contextmanager
def noting_errors() -> Iterator[list[BaseException]]:
    """Give what Django turns into error pages inside the block."""
    errors: list[BaseException] = []

    def note(**kwargs: object) -> None:
        if error := sys.exc_info()[1]:
            errors.append(error)

    got_request_exception.connect(note)
    try:
        yield errors
    finally:
        got_request_exception.disconnect(note)


def told(error: BaseException) -> str:
    """Say what *error* is, and which line of an edited file it passed last."""
    fact = f"{type(error).__name__}: {error}"
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        code = frame.f_code
        if learner.is_learner(code.co_filename):
            source = linecache.getline(code.co_filename, line).strip()
            spot = learner.Spot(learner.shown(code.co_filename), line, code.co_name, source)
            # The guards of the dojo name the line themselves.
            return fact if str(spot) in fact else f"{fact}, at {spot}"
    return fact
