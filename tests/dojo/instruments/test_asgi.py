"""Requests to the ASGI application without a server."""

import pytest

from tests.dojo.instruments.child import run

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize(
    "name",
    [
        "test_whole_response",
        "test_loads_the_middleware_at_the_first_request",
        "test_stream_in_parts",
        "test_disconnect_cancels_the_view",
        "test_end_of_the_block_is_a_disconnect",
        "test_application_that_ends_early",
        "test_own_thread",
        "test_thread_per_request",
        "test_error_is_a_response",
    ],
)
def test_behaves_as_a_server_does(name: str) -> None:
    """Bodies, streams, disconnects, and a thread for each request."""
    outcome = run("requests.py")[name]
    assert outcome.state == "passed", outcome.text


def test_view_that_ignores_the_disconnect_is_reported() -> None:
    """As a task left running, with the line it waits at; and the test ends."""
    text = run("requests.py")["test_stubborn_view_is_a_task_left_running"].text
    assert "task left running: " in text
    assert "in stubborn: `await asyncio.Event().wait()`" in text
