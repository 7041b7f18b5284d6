"""A test that ends while its threads are in the middle of the database harms nobody else."""

import pytest

from tests.dojo.instruments.child import run

pytestmark = pytest.mark.timeout(300)


def test_the_process_survives() -> None:
    """To close a connection under a thread that uses it is a crash, one time in fifteen."""
    result = run("threads_left.py")
    assert result.status == pytest.ExitCode.TESTS_FAILED, result.output


def test_each_test_is_blamed_for_its_own_threads_alone() -> None:
    """Every one fails in its call, and none has an error in its teardown besides."""
    outcomes = {
        name: outcome
        for name, outcome in run("threads_left.py").outcomes.items()
        if name.startswith("test_left_at_work")
    }
    assert len(outcomes) == 48
    for outcome in outcomes.values():
        assert outcome.state == "failed", outcome.text
        assert "database connection left open in thread Thread-" in outcome.text


@pytest.mark.parametrize("turn", range(3))
def test_the_next_tests_have_the_database_to_themselves(turn: int) -> None:
    """No row is left, and no lock."""
    outcome = run("threads_left.py")[f"test_afterwards[{turn}]"]
    assert outcome.state == "passed", outcome.text
