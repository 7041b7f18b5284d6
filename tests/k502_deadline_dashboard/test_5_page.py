"""The page, through Django's ASGI handler: panels, gaps, and readers who go away."""

import asyncio

import httpx
import pytest
from asgiref.sync import iscoroutinefunction
from django.urls import resolve

from dojo.instruments.asgi import Conversations
from katas.k502_deadline_dashboard.panels import DEADLINE_S
from tests.k502_deadline_dashboard.board import Board, PanelError

pytestmark = pytest.mark.urls("katas.k502_deadline_dashboard.urls")

GET = f"GET /dashboard/, with a deadline of {DEADLINE_S:g} s"


def shown(response: httpx.Response) -> object:
    """Return what the page says: its JSON, or its status if it is something else."""
    try:
        return response.json()
    except ValueError:
        return f"a {response.status_code} without JSON"


@pytest.mark.task(5)
async def test_dashboard_shows_panels_and_gaps(page: Board, asgi_client: httpx.AsyncClient) -> None:
    """The page is a 200 with every panel by name, null for what failed or was late."""
    page.add("weather", 0.2)
    page.add("letters", 0.1, fails=PanelError("no data"))
    page.add("traffic", 0.4)
    page.add("archive", 4.0)

    response = await asgi_client.get("/dashboard/")

    assert response.status_code == 200, (
        f"{GET}, where letters fails and archive is late, answered {response.status_code}; "
        "expected 200. (task 5)"
    )
    expected = {"panels": page.answers(letters=None, archive=None)}
    assert shown(response) == expected, page.explain(
        f"{GET}, where letters fails and archive is late",
        observed=f"answered {shown(response)}",
        expected=f"{expected}",
        task=5,
    )


@pytest.mark.task(5)
async def test_response_comes_after_the_cleanup(page: Board, asgi: Conversations) -> None:
    """Before the response begins, every straggler has ended: at the deadline, plus its clean-up."""
    page.add("weather", 0.2)
    page.add("archive", 4.0, cleanup_s=0.25)

    async with asgi("GET", "/dashboard/") as conversation:
        await conversation.receive()
        seen = f"{page.cleanups}, at {page.service.elapsed:g} s"

    expected = "{'archive': 'ok'}, at 1.25 s"
    assert seen == expected, page.explain(
        f"{GET}, where archive is late and takes 0.25 s to clean up",
        observed=f"when the response began, the clean-ups were {seen}",
        expected=expected,
        task=5,
    )


@pytest.mark.task(5)
def test_dashboard_is_an_async_view() -> None:
    """What the URLconf calls for /dashboard/ is a coroutine function."""
    view = resolve("/dashboard/").func

    assert iscoroutinefunction(view), (
        f"iscoroutinefunction is False for the view at /dashboard/ ({view!r}); expected True."
    )


@pytest.mark.task(5)
async def test_a_reader_who_goes_away_cancels_the_panels(page: Board, asgi: Conversations) -> None:
    """When the reader goes away, every panel in flight is cancelled at once."""
    page.add("weather", 0.2)
    page.add("archive", 4.0)

    async with asgi("GET", "/dashboard/") as conversation:
        await asyncio.sleep(0.3)
        conversation.disconnect()
        await conversation.ended()
        await asyncio.sleep(5)

    expected = {"weather": "ok at 0.2 s", "archive": "cancelled at 0.3 s"}
    assert page.fates == expected, page.explain(
        f"{GET}, whose reader goes away at 0.3 s",
        observed=f"the panels: {page.fates}",
        expected=f"{expected}",
        task=5,
    )


@pytest.mark.task(5)
@pytest.mark.parametrize("after_s", [0.3, 1.1])
async def test_no_response_to_a_reader_who_has_gone(
    page: Board, asgi: Conversations, after_s: float
) -> None:
    """A reader goes away, before the deadline or during a clean-up: nothing is sent any more."""
    page.add("weather", 0.2)
    page.add("archive", 4.0, cleanup_s=0.25)

    async with asgi("GET", "/dashboard/") as conversation:
        await asyncio.sleep(after_s)
        conversation.disconnect()
        await conversation.ended()
    # What the clean-up makes of it is not judged; here it comes to its end in any case.
    await asyncio.sleep(5)

    sent = [message.get("status", message.get("body")) for message in conversation.sent]
    assert not sent, page.explain(
        f"{GET} and a straggler with a clean-up of 0.25 s, whose reader goes away at {after_s} s",
        observed=f"sent {sent}",
        expected="nothing to be sent",
        task=5,
    )


@pytest.mark.task(5)
async def test_a_reader_who_goes_away_disturbs_nobody(
    page: Board, asgi: Conversations, asgi_client: httpx.AsyncClient
) -> None:
    """One of two readers goes away: the other one, and the next one, have their page."""
    page.add("weather", 0.5)
    page.add("archive", 4.0)

    async with asgi("GET", "/dashboard/") as conversation:
        other = asyncio.create_task(asgi_client.get("/dashboard/"), name="other")
        await asyncio.sleep(0.3)
        conversation.disconnect()
        await conversation.ended()
        responses = [await other, await asgi_client.get("/dashboard/")]

    expected = {"panels": page.answers(archive=None)}
    for who, response in zip(("another, at the same time", "the next"), responses, strict=True):
        assert shown(response) == expected, page.explain(
            f"{GET}, twice, one reader goes away at 0.3 s: {who}",
            observed=f"got {shown(response)}",
            expected=f"{expected}",
            task=5,
        )
