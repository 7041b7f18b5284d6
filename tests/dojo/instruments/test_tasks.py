"""Tasks left running and coroutines never awaited, from ``cases/checks.py``."""

import pytest

from tests.dojo.instruments.child import run

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("test_task_left", "task left running: Task-"),
        ("test_task_left_in_asyncio_run", "task left running: Task-"),
        ("test_task_left_with_a_query", "QuerySet.acount"),
        ("test_task_dropped", "the garbage collector dropped it before it had ended"),
        ("test_never_awaited", "coroutine never awaited: linger"),
        ("test_never_awaited_in_a_cycle", "coroutine never awaited: linger"),
        ("test_never_awaited_in_a_sync_test", "coroutine never awaited: linger"),
    ],
)
def test_fails_the_test_that_caused_it(name: str, words: str) -> None:
    """In its own call, with what was left."""
    outcome = run("checks.py")[name]
    assert outcome.state == "failed"
    assert outcome.text.startswith("dojo.instruments.findings.CheckFailed: ")
    assert words in outcome.text


def test_says_who_started_the_task_and_where_it_waits() -> None:
    """Both lines are the learner's."""
    text = run("checks.py")["test_task_left"].text
    assert "in linger: `await asyncio.sleep(1)`" in text
    assert "in test_task_left: `asyncio.create_task(linger())" in text


def test_says_who_started_a_task_that_was_dropped() -> None:
    """Its weak references are gone by then."""
    text = run("checks.py")["test_task_dropped"].text
    assert "in test_task_dropped: `asyncio.create_task(wait_in_a_cycle())`" in text


def test_says_where_the_coroutine_was_made() -> None:
    """It is the call without an await."""
    assert "in test_never_awaited: `linger()`" in run("checks.py")["test_never_awaited"].text


@pytest.mark.parametrize(
    "name",
    [
        "test_task_awaited",
        "test_task_cancelled",
        "test_task_about_to_end",
        "test_task_dropped_after_its_end",
    ],
)
def test_leaves_what_ends_alone(name: str) -> None:
    """A task that was awaited, was cancelled, or only needs its turn is none of it."""
    outcome = run("checks.py")[name]
    assert outcome.state == "passed", outcome.text


def test_debris_of_a_failure_does_not_hide_it() -> None:
    """What a failed assertion left running is a note below it."""
    text = run("checks.py")["test_leftovers_of_a_failure_are_notes"].text
    assert text.startswith("AssertionError: the reason\n")
    assert "task left running" in text
