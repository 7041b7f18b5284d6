"""How findings and the test's own failure are weighed."""

import pytest

from dojo.instruments import findings
from dojo.instruments.findings import CheckFailed, Finding, Last


class LastWordError(Last, Exception):
    """An error that no finding outranks."""


def judged(error: BaseException, *found: Finding) -> BaseException:
    """Return what a test that failed with *error* fails with in the end."""
    try:
        findings._add_to(error, list(found))
    except CheckFailed as failed:
        return failed
    return error


def test_cause_takes_the_place_of_what_it_caused() -> None:
    """A blocked loop outranks the assertion that failed because of it."""
    error = AssertionError("late")
    failed = judged(error, Finding("time.sleep(1) blocks the event loop"))
    assert str(failed) == "time.sleep(1) blocks the event loop"
    assert failed.__cause__ is error


def test_debris_is_a_note() -> None:
    """A task left running may be no more than the debris of a failure."""
    error = judged(AssertionError("late"), Finding("task left running", cause=False))
    assert isinstance(error, AssertionError)
    assert error.__notes__ == ["task left running"]


def test_nothing_is_told_twice() -> None:
    """An error that tells the finding itself stays as it is."""
    error = RuntimeError("time.sleep(1) blocks the event loop\n    at views.py:1")
    assert judged(error, Finding("time.sleep(1) blocks the event loop")) is error
    assert not hasattr(error, "__notes__")


@pytest.mark.parametrize("error", [LastWordError("timeout"), KeyboardInterrupt()])
def test_some_errors_have_the_last_word(error: BaseException) -> None:
    """A hang, and whatever ends the session."""
    assert judged(error, Finding("blocked")) is error
    assert error.__notes__ == ["blocked"]


def test_skip_stays_a_skip() -> None:
    """It is no failure to explain."""
    error = pytest.skip.Exception("not here")
    assert judged(error, Finding("blocked")) is error


def test_is_recorded_once() -> None:
    """In a loop, the same call at the same line is one finding."""
    found: list[Finding] = []
    findings._open.append(found)
    try:
        for _ in range(3):
            findings.record(Finding("blocked"))
    finally:
        findings._open.remove(found)
    assert len(found) == 1
