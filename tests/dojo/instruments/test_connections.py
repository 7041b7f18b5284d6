"""Connections: those that a test leaves open, and the ledger of them."""

import pytest

from tests.dojo.instruments.child import run

pytestmark = pytest.mark.timeout(300)
# The default: the run that other tests look at, too.
IN_MEMORY: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("test_connection_left", "await asyncio.to_thread(Account.objects.count)"),
        ("test_connection_left_by_insensitive_work", "thread_sensitive=False)()"),
    ],
)
@pytest.mark.parametrize("options", [IN_MEMORY, ("--db=file",)], ids=str)
def test_finds_what_nobody_closes(name: str, line: str, options: tuple[str, ...]) -> None:
    """In the call, with the thread and the line that sent work there; in memory, too."""
    outcome = run("checks.py", *options)[name]
    assert outcome.state == "failed"
    assert "CheckFailed: database connection left open in thread asyncio_0" in outcome.text
    assert line in outcome.text


@pytest.mark.parametrize(
    "name",
    [
        "test_connection_closed",
        "test_connection_refused_before_it_is_ready",
        "test_connection_that_was_open_before",
        "test_connection_kept_by_django",
        "test_connection_needed_by_a_fixture",
    ],
)
@pytest.mark.parametrize("options", [IN_MEMORY, ("--db=file",)], ids=str)
def test_raises_no_false_alarm(name: str, options: tuple[str, ...]) -> None:
    """What the solution closes, what Django keeps for the next call, and what a fixture needs."""
    outcome = run("checks.py", *options)[name]
    assert outcome.state == "passed", outcome.text


def test_ledger_shows_that_a_request_closes_its_connection() -> None:
    """Four requests to the ASGI application: four connections, all closed."""
    outcome = run("ledgers.py")["test_connections_are_closed_after_requests"]
    assert outcome.state == "passed", outcome.text


def test_ledger_shows_a_connection_that_outlives_its_request() -> None:
    """With CONN_MAX_AGE it stays open, for nobody."""
    text = run("ledgers.py")["test_connections_that_are_kept"].text
    assert "1 connection; expected none." in text
    assert "1. default, open, opened in thread" in text
