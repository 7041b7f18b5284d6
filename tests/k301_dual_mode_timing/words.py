"""What was raised, in words: they name the line of the edited file, and keep nothing alive.

An exception holds its frames, and so a coroutine that nobody has awaited. Wherever one is kept
until the next test has begun, the coroutine would be reported there.
"""

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

import pytest
from django.core.signals import got_request_exception

from dojo.instruments import learner
from tests.k301_dual_mode_timing.pages import BrokenPageError

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class ToldError(Exception):
    """Says in words what was raised in a thread."""


def in_words(ask: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Let nothing but words leave the thread in which *ask* raises.

    The thread would give up the exception itself at a time of its own.
    """

    def told_at_once(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        try:
            return ask(*args, **kwargs)
        except Exception as error:
            words = told(error)
        raise ToldError(words)

    return told_at_once


@contextmanager
def failing_for_what_is_raised(call: str) -> Iterator[None]:
    """Fail with the line at which it went wrong first, whether the error came out or became a 500.

    What Django raises after that follows from it.
    """
    __tracebackhide__ = True
    raised: list[str] = []

    def note(**kwargs: object) -> None:
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, BrokenPageError):
            raised.append(told(error))

    got_request_exception.connect(note)
    try:
        yield
    except Exception as error:
        raised.append(told(error))
    finally:
        got_request_exception.disconnect(note)
    if raised:
        pytest.fail(f"{call} raised {raised[0]}\nExpected an answer.", pytrace=False)


def told(error: BaseException) -> str:
    """Say what *error* is, and which line of the edited file it came through last, or caused it."""
    if isinstance(error, ToldError):
        return str(error)
    lost = error.obj if isinstance(error, AttributeError) else None
    if inspect.iscoroutine(lost) and learner.is_learner(lost.cr_code.co_filename):
        return (
            f"{learner.told(error)}\n    timing_middleware returned the coroutine "
            f"{lost.__qualname__} to a caller that expects a response"
        )
    return learner.told(error)
