"""What was raised, in words: they name the line of the edited file, and keep nothing alive.

An exception holds its frames, and so a coroutine that nobody has awaited. Wherever one is kept
until the next test has begun, the coroutine would be reported there.
"""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest
from django.core.signals import got_request_exception

from dojo.instruments import learner
from tests.k301_dual_mode_timing.pages import BrokenPageError

Result = TypeVar("Result")


class ToldError(Exception):
    """Says in words what was raised in a thread."""


def in_words(ask: Callable[[str], Result]) -> Callable[[str], Result]:
    """Let nothing but words leave the thread in which *ask* raises.

    The thread would give up the exception itself at a time of its own.
    """

    def told_at_once(url: str) -> Result:
        try:
            return ask(url)
        except Exception as error:
            words = told(error)
        raise ToldError(words)

    return told_at_once


@contextmanager
def failing_for_what_is_raised(call: str) -> Iterator[None]:
    """Fail with the line at which it went wrong, whether the error came out or became a 500."""
    __tracebackhide__ = True
    raised: list[str] = []

    def note(**kwargs: object) -> None:
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, BrokenPageError):
            raised.append(told(error))

    logger = logging.getLogger("django.request")
    logger.addFilter(without_traceback)
    got_request_exception.connect(note)
    try:
        yield
    except Exception as error:
        raised.append(told(error))
    finally:
        got_request_exception.disconnect(note)
        logger.removeFilter(without_traceback)
    if raised:
        lines = "\n  then ".join(dict.fromkeys(raised))
        pytest.fail(f"{call} raised {lines}\nExpected an answer.", pytrace=False)


def without_traceback(record: logging.LogRecord) -> bool:
    """Let *record* pass without its traceback: pytest keeps what is logged."""
    record.exc_info = None
    return True


def told(error: BaseException) -> str:
    """Say what *error* is, and which line of the edited file it came through last."""
    if isinstance(error, ToldError):
        return str(error)
    return learner.told(error)
