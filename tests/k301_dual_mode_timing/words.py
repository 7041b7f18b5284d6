"""What was raised, in words: they name the line of the edited file, and keep nothing alive.

An exception holds its frames, and so a coroutine that nobody has awaited. Wherever one is kept
until the next test has begun, the coroutine would be reported there.
"""

import inspect
import sys
import traceback
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
    """Say what *error* is, and which line of the edited file it came through last.

    Where Django fails on a coroutine in place of a response, say whose it was.
    """
    if isinstance(error, ToldError):
        return str(error)
    words = learner.told(error)
    lost = error.obj if isinstance(error, AttributeError) else None
    lines = traceback.walk_tb(error.__traceback__)
    own = any(learner.is_learner(frame.f_code.co_filename) for frame, _ in lines)
    if inspect.iscoroutine(lost) and not own:
        words += "\n    timing_middleware returned a coroutine to a caller that is sync"
    return words
