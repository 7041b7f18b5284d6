"""A hang fails its own test, says what hung, and leaves nothing behind."""

import re

import pytest

from tests.dojo.instruments.child import Run, run

pytestmark = pytest.mark.timeout(300)

HANGING = {
    "test_await": "in wait: `await asyncio.Event().wait()`",
    "test_task": "in wait: `await asyncio.Event().wait()`",
    "test_task_group": "in wait: `await asyncio.Event().wait()`",
    "test_swallows_cancellation": "in swallow: `await asyncio.sleep(0.01)`",
    "test_swallows_everything": "in swallow_all: `await asyncio.sleep(0.01)`",
    "test_spin_in_a_task": "in spin: `",
    "test_spin_without_await": "thread MainThread: at",
    "test_bare_except": "thread MainThread: at",
    "test_bare_except_around_a_wait": "`time.sleep(1)`",
    "test_async_generator": "in wait: `await asyncio.Event().wait()`",
    "test_sync_island": "thread thread-sensitive_0: in Condition.wait, sent there at",
    "test_insensitive_island": "thread asyncio_0: in Condition.wait, sent there at",
    "test_to_thread": "thread asyncio_0: in Condition.wait, sent there at",
    "test_island_with_an_open_transaction": "in hang: `threading.Event().wait()`",
    "test_island_that_waits_for_a_lock": "in want_lock: `Account.objects.create(balance=2)`",
    "test_async_to_sync": "in wait: `await asyncio.Event().wait()`",
    "test_asyncio_run": "in wait: `await asyncio.Event().wait()`",
    "test_asyncio_run_of_one_that_swallows": "in swallow: `await asyncio.sleep(0.01)`",
    "test_lock": "`lock.acquire()`",
    "test_in_setup": "in hanging: `threading.Event().wait()`",
    "test_in_teardown": "in hanging_teardown: `threading.Event().wait()`",
}


def outcomes() -> Run:
    """Return the run of all cases."""
    return run("hangs.py")


@pytest.mark.parametrize(("name", "words"), HANGING.items())
def test_fails_as_timeout(name: str, words: str) -> None:
    """The failure starts with ``timeout:``, is of the type Hang, and shows the learner's line."""
    outcome = outcomes()[name]
    assert outcome.state in ("failed", "error"), outcome
    assert re.search(r"dojo\.instruments\.hangs\.Hang: timeout: test_\w+ did not end", outcome.text)
    assert words in outcome.text, outcome.text


def test_tells_the_phase_unless_it_is_the_call() -> None:
    """A fixture that hangs is told from a test that does."""
    assert "within 0.4 s (setup)" in outcomes()["test_in_setup"].text
    assert "within 0.4 s (teardown)" in outcomes()["test_in_teardown"].text
    assert "within 0.4 s\n" in outcomes()["test_await"].text


def test_names_nothing_of_an_earlier_test() -> None:
    """What an earlier test left hanging, thread or task, is not in a later one's message."""
    text = outcomes()["test_lock"].text.partition("\n\n")[0]
    assert "thread thread-sensitive_0" not in text
    assert "  task " not in text


def test_task_that_ignores_its_cancellation_is_found_without_a_hang() -> None:
    """When the test itself ends, what it left is a finding, and the teardown ends too."""
    outcome = outcomes()["test_left_running_although_cancelled"]
    assert outcome.state == "failed"
    assert "task left running" in outcome.text


@pytest.mark.parametrize("name", ["test_orm", "test_orm_on_file", "test_loop", "test_sync"])
def test_poisons_no_later_test(name: str) -> None:
    """After twenty hangs, one of them with an open transaction, what is right passes."""
    outcome = outcomes()[name]
    assert outcome.state == "passed", outcome.text


def test_lets_the_interpreter_exit() -> None:
    """The child ended with pytest's own status although threads hang, and said so."""
    result = outcomes()
    assert result.status == pytest.ExitCode.TESTS_FAILED
    assert "Leaving without waiting for hung threads: " in result.output
    assert " failed, " in result.output


def test_a_view_that_hangs_behind_a_server_is_named() -> None:
    """The line in its thread stands in the message, and the next test is not affected."""
    result = run("server_hangs.py")
    assert "timeout: test_hangs did not end within 1 s" in result["test_hangs"].text
    assert "server_hangs.py:17 in stuck: " in result["test_hangs"].text
    assert result["test_next"].state == "passed", result["test_next"].text


def test_a_view_that_hangs_behind_a_server_does_not_hold_the_exit() -> None:
    """Its thread is a daemon of a pool, for which the interpreter would wait all the same.

    Up to asgiref 3.12 the server's loop waits for that thread too, and the teardown says so.
    """
    result = run("server_hangs.py")
    assert result["test_gives_up"].state == "failed"
    assert "Failed: hangs" in result["test_gives_up"].text
    assert result.status == pytest.ExitCode.TESTS_FAILED
    assert "Leaving without waiting for hung threads: " in result.output
