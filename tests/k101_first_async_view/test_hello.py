"""The page itself: what it answers, and whether the loop is free while it waits."""

import asyncio
import threading

import pytest
from django.test import AsyncClient, Client

from dojo.instruments.service import Service

pytestmark = pytest.mark.urls("katas.k101_first_async_view.urls")


@pytest.mark.task(1)
async def test_answers_in_json(async_client: AsyncClient, speaking_clock: Service) -> None:
    """GET /hello/ answers 200 with a greeting in JSON."""
    response = await async_client.get("/hello/")

    assert response.status_code == 200, (
        f"GET /hello/ answered {response.status_code}; expected 200."
    )
    kind = response["Content-Type"]
    assert kind.startswith("application/json"), (
        f"GET /hello/ answered with Content-Type {kind!r}; expected 'application/json'."
    )
    message = response.json().get("message")
    assert message == "hello from async view", (
        f"GET /hello/ answered with the message {message!r}; expected 'hello from async view'."
    )


@pytest.mark.task(1)
def test_answers_under_wsgi_too(client: Client, speaking_clock: Service) -> None:
    """The same view works in a WSGI request, where Django starts a loop for it."""
    response = client.get("/hello/")

    assert response.status_code == 200, (
        f"GET /hello/ under WSGI answered {response.status_code}; expected 200."
    )


@pytest.mark.task(2)
async def test_tells_the_time_of_the_clock(
    async_client: AsyncClient, speaking_clock: Service
) -> None:
    """The time in the answer is the one that the clock told."""
    response = await async_client.get("/hello/")

    told = speaking_clock.answers.get("time", "nothing: it was never awaited")
    assert response.json().get("time") == told, (
        f"GET /hello/ answered with the time {response.json().get('time')!r}; "
        f"the clock told {told!r}."
    )
    assert speaking_clock.calls == 1, (
        f"GET /hello/ read the clock {speaking_clock.calls} times; expected once."
    )


@pytest.mark.task(2)
async def test_loop_is_free_while_the_view_waits(
    async_client: AsyncClient, speaking_clock: Service
) -> None:
    """While one request waits for the clock, another one gets there as well."""
    await asyncio.gather(async_client.get("/hello/"), async_client.get("/hello/"))

    assert speaking_clock.peak_in_flight == 2, speaking_clock.explain(
        "two requests for /hello/ at once", expected="both waiting for the clock together", task=2
    )
    here = threading.current_thread().name
    used = {str(span.thread) for span in speaking_clock.timeline.spans}
    assert used == {here}, speaking_clock.explain(
        "two requests for /hello/ at once",
        observed=f"the clock was read on {', '.join(sorted(used))}",
        expected=f"it to be read on {here}, the thread of the server's event loop",
        task=2,
    )


@pytest.mark.task(3)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
async def test_other_methods_are_refused(
    async_client: AsyncClient, speaking_clock: Service, method: str
) -> None:
    """Other methods than GET are answered with 405, and the clock is left alone."""
    # The second one is on no list of methods: a client may send any word.
    for sent in (method, f"X-{method}"):
        response = await async_client.generic(sent, "/hello/")

        assert response.status_code == 405, (
            f"{sent} /hello/ answered {response.status_code}; expected 405, Method Not Allowed."
        )
        assert speaking_clock.calls == 0, f"{sent} /hello/ read the clock; expected it not to."
