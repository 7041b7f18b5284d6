"""Numbers that explain themselves: when a comparison with one fails, pytest shows its chart.

An assert whose message calls ``explain(...)`` shows the chart there, and is left alone.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import linecache
import math
import sys
from collections.abc import Callable
from types import FrameType
from typing import Self

from dojo.instruments import learner

#: Draws the chart, and marks the first call above a limit, if there is one.
Draw = Callable[[int | None], str]


class _Measured:
    name: str
    unit: str
    draw: Draw
    is_limit: bool

    @classmethod
    def of(
        cls, value: float, name: str, draw: Draw, *, unit: str = "", is_limit: bool = False
    ) -> Self:
        """Return *value* with all that is needed to explain it.

        Args:
            value: The number.
            name: What it measures, as in "*calls* is 4, should be 5".
            draw: Called only when a comparison has failed.
            unit: Written behind the number.
            is_limit: Whether the chart can mark the call that exceeds an upper bound.
        """
        number: Self = cls(value)  # type: ignore[call-arg]
        number.name, number.draw, number.unit, number.is_limit = name, draw, unit, is_limit
        return number


class Count(_Measured, int):
    """A number of something."""


class Seconds(_Measured, float):
    """A duration."""


_SHOULD = {
    "==": "should be",
    "!=": "should not be",
    "<=": "should be at most",
    "<": "should be less than",
    ">=": "should be at least",
    ">": "should be more than",
}


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Explain a failed comparison with a measured number."""
    number, other = (left, right) if isinstance(left, _Measured) else (right, left)
    if not isinstance(number, Count | Seconds) or op not in _SHOULD:
        return None
    if explains_itself(sys._getframe(1)):
        return None
    if number is right:  # `2 >= peak` says what `peak <= 2` says
        op = op.translate(str.maketrans("<>", "><"))
    wanted = f"{other:g}" if isinstance(other, int | float) else f"{other}"
    fact = f"{number.name} is {number:g}{number.unit}, {_SHOULD[op]} {wanted}{number.unit}"
    return [fact, "", *number.draw(_upper_bound(number, op, other)).splitlines()]


def _upper_bound(number: Count | Seconds, op: str, other: object) -> int | None:
    if not number.is_limit or not isinstance(other, int | float):
        return None
    return {"<=": math.floor(other), "<": math.ceil(other) - 1}.get(op)


def explains_itself(frame: FrameType | None) -> bool:
    """Whether the assert that is failing around *frame* calls ``explain`` in its message.

    pytest asks for the comparison's text before it evaluates the message, so the source tells.
    """
    while frame is not None and learner.is_installed(frame.f_code.co_filename):
        frame = frame.f_back  # pytest's own, between the assert and us
    if frame is None:
        return False
    lines = _explained_lines(frame.f_code.co_filename)
    return any(first <= frame.f_lineno <= last for first, last in lines)


@functools.lru_cache(maxsize=64)
def _explained_lines(filename: str) -> tuple[tuple[int, int], ...]:
    source = "".join(linecache.getlines(filename))
    if ".explain(" not in source:
        return ()
    with contextlib.suppress(SyntaxError):
        return tuple(
            (node.lineno, node.end_lineno or node.lineno)
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Assert) and node.msg and _explains(node.msg)
        )
    return ()


def _explains(message: ast.expr) -> bool:
    """Whether ``explain`` of something is called in *message*."""
    calls = (node.func for node in ast.walk(message) if isinstance(node, ast.Call))
    return any(isinstance(called, ast.Attribute) and called.attr == "explain" for called in calls)
