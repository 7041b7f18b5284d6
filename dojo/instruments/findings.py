"""What the checks saw while a test ran; a test with findings fails, whatever it swallowed.

A check may also raise where it finds something, but `except Exception` must not save a wrong
solution: what is recorded here is judged when the test's call is over, in the call phase.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import pytest

from dojo.instruments.learner import Spot


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact about one line of code."""

    fact: str
    spot: Spot | None = None
    #: A cause outranks the assertion that failed because of it. What is not a cause may be no more
    #: than the debris of another failure, and is then only added to it as a note.
    cause: bool = True

    def __str__(self) -> str:
        return self.fact if self.spot is None else f"{self.fact}\n    at {self.spot}"


class CheckFailed(pytest.fail.Exception):  # type: ignore[name-defined, misc]
    """A check that every test is subject to found something."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(msg="\n".join(map(str, findings)), pytrace=False)
        self.findings = tuple(findings)


class Last:
    """Mixed into an error that no finding outranks."""


# A stack, because a test may run another pytest inside this process.
_open: list[list[Finding]] = []


def recording() -> bool:
    """Say whether the call of a test is under way."""
    return bool(_open)


def record(finding: Finding) -> None:
    """Keep *finding* for the test under way, once; outside a test's call, drop it."""
    if _open and finding not in _open[-1]:
        _open[-1].append(finding)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """Fail the test for what the checks inside this wrapper have recorded."""
    found: list[Finding] = []
    _open.append(found)
    try:
        result = yield
    except BaseException as error:
        _add_to(error, found)
        raise
    finally:
        _open.remove(found)
    if found:
        raise CheckFailed(found)
    return result


def _add_to(error: BaseException, found: list[Finding]) -> None:
    """Put the causes in place of *error*, or add what is left to it as notes.

    Raises:
        CheckFailed: A cause was found that *error* does not already tell.
    """
    untold = [finding for finding in found if finding.fact not in str(error)]
    outranked = isinstance(error, Exception | pytest.fail.Exception) and not isinstance(error, Last)
    if outranked and any(finding.cause for finding in untold):
        raise CheckFailed(untold) from error
    for finding in untold:
        error.add_note(str(finding))
