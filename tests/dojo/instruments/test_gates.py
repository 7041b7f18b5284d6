"""The read gate and the failing write; what they judge is in test_sqlite_rowlock."""

import pytest

from tests.dojo.instruments.child import run
from tests.dojo.instruments.test_databases import needs_postgres

pytestmark = pytest.mark.timeout(300)

GATES = [
    "test_opens_for_one",
    "test_holds_nobody_who_does_not_go_on",
    "test_opens_when_the_other_fails",
    "test_opens_when_the_other_never_reads",
    "test_holds_nobody_on_a_shared_thread",
    "test_holds_threads_of_their_own",
    "test_waits_for_one_that_sleeps_first",
    "test_raises_what_a_call_raised",
    "test_can_race_again",
]


@pytest.mark.parametrize("name", GATES)
@pytest.mark.parametrize(
    "option", ["--db=file", "--db=rowlock", pytest.param("--db=postgres", marks=needs_postgres)]
)
def test_gate_opens_when_nobody_can_arrive_any_more(name: str, option: str) -> None:
    """By events alone: no case may take longer on a busy machine, let alone hang."""
    outcome = run("gates.py", option)[name]
    assert outcome.state == "passed", outcome.text


@pytest.mark.parametrize(
    "name",
    [
        "test_failing_write",
        "test_failing_write_with_another_error",
        "test_failing_write_of_another_table",
    ],
)
def test_chosen_write_fails(name: str) -> None:
    """The n-th to the table, in whichever thread, and nothing else."""
    outcome = run("ledgers.py")[name]
    assert outcome.state == "passed", outcome.text
