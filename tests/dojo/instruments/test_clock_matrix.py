"""The situations in ``cases/clock_matrix.py``: time is exact in each of them."""

import pytest

from tests.dojo.instruments.child import HERE, run

# One of the tests waits for the child, which has a limit of its own.
pytestmark = pytest.mark.timeout(150)
DURATIONS = ("--durations=0", "-vv")


def test_time_is_exact_in_every_situation() -> None:
    """Every variant, right or wrong, takes the very seconds that the case states."""
    cases = run("clock_matrix.py", *DURATIONS)
    failed = {name: case.text for name, case in cases.outcomes.items() if case.state != "passed"}
    assert not failed
    assert len(cases.outcomes) >= 71


@pytest.mark.parametrize("situation", ["gather", "semaphore", "orm", "more_jobs_than_workers"])
def test_right_and_wrong_differ(situation: str) -> None:
    """A situation has two variants; this guards against a matrix that is not collected."""
    outcomes = run("clock_matrix.py", *DURATIONS).outcomes
    assert {f"test_{situation}[right]", f"test_{situation}[wrong]"} <= set(outcomes)


def test_every_case_is_looked_at() -> None:
    """No case of ``clock_stuck.py`` is without a test that knows how it has to end."""
    tests = (HERE / "test_clock_stuck.py").read_text()
    missing = [name for name in run("clock_stuck.py").outcomes if f'"{name}"' not in tests]
    assert not missing
