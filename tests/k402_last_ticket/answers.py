"""What requests were answered, and how a failure tells of it: a line for each fact."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dojo.instruments import learner

# `dojo run` shows 400 characters of a line, and an answer is not alone on its own.
LONGEST_ERROR = 120


@dataclass(frozen=True)
class Answer:
    """What a request was answered: a status, a ticket's number, the error behind a 500."""

    status: int
    ticket: object = None
    error: str = ""

    def __repr__(self) -> str:
        ticket = "" if self.ticket is None else f" with ticket {self.ticket!r}"
        return f"{self.status}{ticket}{f' because of {self.error}' if self.error else ''}"


def cause(error: BaseException) -> str:
    """Return the first line of *error*, cut to what a message has room for, and where it arose."""
    fact, *rest = learner.told(error).splitlines()
    if len(fact) > LONGEST_ERROR:
        fact = f"{fact[: LONGEST_ERROR - 1]}…"
    return " ".join([fact, *(line.strip() for line in rest[-1:])])


def told(answers: Sequence[Answer], joint: str = " and") -> str:
    """Return what was answered; of many answers, each once, and the first error of a kind."""
    times = Counter(answer.status for answer in answers)
    if max(times.values()) == 1 or len(answers) == 2:
        text = repr(answers[0])
        for before, answer in itertools.pairwise(answers):
            text += f"\n    {joint.strip(' ,')} {answer}" if before.error else f"{joint} {answer}"
        return text
    errors = {answer.status: answer for answer in reversed(answers)}
    return ", ".join(
        f"{number} times {errors[status] if status >= 500 else status}"
        for status, number in sorted(times.items())
    )


def facts(call: str, answered: str, left: object = None, *, expected: str) -> str:
    """Return a failure's message: the call, what it was answered and left, what was expected."""
    lines = [call, f"  answered {answered}", f"  expected {expected}"]
    if left is not None:
        lines.insert(2, f"  left     {left}")
    return "\n".join(lines)
