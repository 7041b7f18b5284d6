"""Queries on the loop's thread, and the variable that lets them through."""

import pytest

from tests.dojo.instruments.child import run

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize(
    "name",
    [
        "test_query_on_loop",
        "test_query_on_loop_swallowed",
        "test_query_on_loop_fails_for_its_reason",
    ],
)
def test_finds_a_query_that_ran_on_the_loop(name: str) -> None:
    """With the variable at "0", "false" or "1", even when it is unset again."""
    outcome = run("checks.py")[name]
    assert outcome.state == "failed"
    first = outcome.text.partition("\n")[0]
    assert "CheckFailed: query on the event loop's thread: SELECT COUNT(*)" in first
    assert "Account.objects.count()" in outcome.text
    assert "DJANGO_ALLOW_ASYNC_UNSAFE was set" in outcome.text


def test_outranks_the_assertion_that_failed_because_of_it() -> None:
    """The test fails for the query, and the assertion is still told."""
    assert "assert 0 == 7" in run("checks.py")["test_query_on_loop_fails_for_its_reason"].text


def test_says_where_the_variable_was_set() -> None:
    """With file, line and code."""
    text = run("checks.py")["test_variable_left_set"].text
    assert "was set to '1'" in text
    assert 'os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"`' in text


@pytest.mark.parametrize(
    "name",
    ["test_variable_is_gone_again", "test_queries_elsewhere", "test_queries_of_a_sync_test"],
)
def test_raises_no_false_alarm(name: str) -> None:
    """Queries in threads, and in sync tests, are as they should be."""
    outcome = run("checks.py")[name]
    assert outcome.state == "passed", outcome.text


def test_variable_set_on_import_is_unset_and_named() -> None:
    """A module that sets it changes nothing, and the error that follows says where it was."""
    outcomes = run("unsafe_on_import.py")
    assert outcomes["test_query"].state == "failed"
    assert "SynchronousOnlyOperation" in outcomes["test_query"].text
    assert "unsafe_on_import.py:" in outcomes["test_query"].text
    assert "it is unset for every test" in outcomes["test_query"].text


@pytest.mark.parametrize("option", ["", "--db=file", "--db=rowlock"])
def test_ledger_is_the_same_on_every_database(option: str) -> None:
    """``queries`` counts what reads or writes, in all threads, with their threads."""
    outcomes = run("ledgers.py", *filter(None, [option]))
    for name in ("test_queries", "test_queries_matching", "test_queries_in_a_transaction"):
        assert outcomes[name].state == "passed", outcomes[name].text


def test_ledger_explains_itself() -> None:
    """A failed count lists the statements, each with thread and line."""
    text = run("ledgers.py")["test_too_many_queries"].text
    assert "GET /: 2 queries; expected at most 1 query. (task 3)" in text
    assert '  1. INSERT INTO "site_account"' in text
    assert "in thread thread-sensitive_0 at tests/dojo/instruments/cases/ledgers.py:" in text
