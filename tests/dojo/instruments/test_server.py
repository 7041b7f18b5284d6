"""uvicorn in the test's process."""

import pytest

from tests.dojo.instruments.child import run

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize(
    "name",
    [
        "test_from_async_test",
        "test_from_sync_test",
        "test_real_disconnect_cancels_the_view",
        "test_stop_with_an_open_request",
        "test_stop_with_an_idle_connection",
    ],
)
def test_serves_and_stops(name: str) -> None:
    """From sync and async tests, and whatever the clients have left open."""
    outcome = run("requests.py")[name]
    assert outcome.state == "passed", outcome.text


def test_stubborn_view_is_reported_when_the_server_stops() -> None:
    """With the line it waits at."""
    outcome = run("requests.py")["test_stop_with_a_stubborn_view"]
    assert outcome.state == "error"
    assert "goes on after its client has gone" in outcome.text
    assert "in stubborn: `await asyncio.Event().wait()`" in outcome.text


def test_a_task_that_a_view_leaves_is_reported_when_the_server_stops() -> None:
    """With the line that started it, though it waits in code that is not the learner's."""
    outcome = run("requests.py")["test_stop_with_a_task_left"]
    assert outcome.state == "error"
    assert "goes on after its client has gone" in outcome.text
    assert "in leaves_a_task: `task = asyncio.create_task(" in outcome.text


def test_says_that_it_needs_real_time() -> None:
    """Before anything waits for a socket in vain."""
    outcome = run("requests.py")["test_server_needs_real_time"]
    assert outcome.state == "error"
    assert "mark this test with @pytest.mark.realtime" in outcome.text
