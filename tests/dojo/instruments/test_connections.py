"""Connections: those that a test leaves open, and the ledger of them."""

import pytest

from tests.dojo.instruments.child import run

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("test_connection_left", "await asyncio.to_thread(Account.objects.count)"),
        ("test_connection_left_by_insensitive_work", "thread_sensitive=False)()"),
    ],
)
@pytest.mark.parametrize("option", ["--db=memory", "--db=file"])
def test_finds_what_nobody_closes(name: str, line: str, option: str) -> None:
    """In the call, with the thread and the line that sent work there; in memory, too."""
    outcome = run("checks.py", option)[name]
    assert outcome.state == "failed"
    assert "CheckFailed: database connection left open in thread asyncio_0" in outcome.text
    assert line in outcome.text


@pytest.mark.parametrize("name", ["test_connection_closed", "test_connection_kept_by_django"])
@pytest.mark.parametrize("option", ["--db=memory", "--db=file"])
def test_raises_no_false_alarm(name: str, option: str) -> None:
    """What the solution closes, and what Django keeps for the next call, is no leak."""
    outcome = run("checks.py", option)[name]
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
