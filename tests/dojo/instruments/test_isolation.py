"""The refusal of async database tests whose rows would leak."""

import pytest

from tests.dojo.instruments.child import run

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("name", ["test_leaking_rows", "test_leaking_rows_by_fixture"])
def test_refuses_a_test_that_would_leak(name: str) -> None:
    """Before it runs, with what to write instead."""
    outcome = run("checks.py")[name]
    assert outcome.state == "error"
    assert "nothing would roll back what it writes" in outcome.text
    assert "    @pytest.mark.django_db(transaction=True)\n" in outcome.text


@pytest.mark.parametrize(
    "name",
    [
        "test_rolled_back",
        "test_queries_elsewhere",
        "test_transactional_by_fixture",
        "test_transactional_by_position",
        "test_reset_sequences",
    ],
)
def test_lets_the_others_run(name: str) -> None:
    """Sync tests, and async ones that flush, however they ask for it."""
    outcome = run("checks.py")[name]
    assert outcome.state == "passed", outcome.text
