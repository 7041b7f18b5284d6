"""What a failed test has left in memory troubles no other."""

import pytest

from tests.dojo.instruments.child import run

pytestmark = pytest.mark.timeout(300)


def test_garbage_of_a_failure_is_gone_before_the_next_test() -> None:
    """A file that only the failed test's traceback kept alive is no warning in the next one."""
    outcomes = run("aftermath.py")
    assert outcomes["test_leaves_a_file_open"].state == "failed"
    assert "AssertionError: first" in outcomes["test_leaves_a_file_open"].text
    assert outcomes["test_collects_garbage"].state == "passed", outcomes["test_collects_garbage"]


def test_what_the_log_of_a_failure_holds_is_dropped_in_silence() -> None:
    """A coroutine in a logged traceback is no warning in the next test's set-up."""
    outcomes = run("aftermath.py")
    failed = outcomes["test_logs_a_traceback_that_holds_a_coroutine"]
    assert failed.state == "failed"
    assert "AssertionError: second" in failed.text
    assert outcomes["test_awaits_everything"].state == "passed", outcomes["test_awaits_everything"]


def test_what_its_teardown_has_logged_is_dropped_in_silence() -> None:
    """The handlers keep it until the next test's set-up, which is not to blame."""
    outcomes = run("aftermath.py")
    failed = outcomes["test_logs_it_in_its_teardown"]
    assert failed.state == "failed"
    assert "AssertionError: third" in failed.text
    assert outcomes["test_does_nothing"].state == "passed", outcomes["test_does_nothing"]
