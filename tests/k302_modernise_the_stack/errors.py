"""Exceptions behind error pages, and which line of the edited file they came through."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.signals import got_request_exception

from dojo.instruments import learner

RESPONSE_DUE = "a coroutine where a response was due"
COROUTINE_DUE = "a response where a coroutine was due"
COROUTINE = "'coroutine' object"
AWAIT = "in 'await' expression"


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
    """Say what *error* is, and which line of the edited file it came through last.

    If it came through none, say which of response and coroutine was taken for the other.
    """
    fact, *spot = learner.told(error).split("\n    at ")
    if spot or not isinstance(error, (AttributeError, TypeError)):
        return ", at ".join([fact, *spot])
    if COROUTINE in fact:
        return RESPONSE_DUE
    return COROUTINE_DUE if "Response" in fact and AWAIT in fact else fact


def is_mistaken(fact: str) -> bool:
    """Say whether what was told is about a response and a coroutine."""
    return any(sign in fact for sign in (RESPONSE_DUE, COROUTINE_DUE, COROUTINE, AWAIT))
