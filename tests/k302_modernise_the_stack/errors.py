"""Exceptions behind error pages, and which line of the edited file they came through."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.signals import got_request_exception

from dojo.instruments import learner

RESPONSE_DUE = "a coroutine where a response was due"
COROUTINE_DUE = "a response where a coroutine was due"


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

    Of a mistaken mode that shows in Django's code or a neighbour's, say what was mistaken.
    """
    fact, *spot = learner.told(error).split("\n    at ")
    mistaken = mistake(error)
    if mistaken and not spot:
        return mistaken
    return ", ".join([fact, *(f"at {line}" for line in spot), *([mistaken] if mistaken else [])])


def mistake(error: BaseException) -> str:
    """Say which of response and coroutine came in place of the other, if that made *error*."""
    if not isinstance(error, (AttributeError, TypeError)):
        return ""
    if "'coroutine' object" in str(error):
        return RESPONSE_DUE
    return COROUTINE_DUE if "Response" in str(error) and "await" in str(error) else ""


def is_mistaken(fact: str) -> bool:
    """Say whether what was told is about a response and a coroutine."""
    return RESPONSE_DUE in fact or COROUTINE_DUE in fact
