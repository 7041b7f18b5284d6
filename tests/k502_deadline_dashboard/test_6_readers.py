"""The page, through Django's ASGI handler: readers who go away."""

import asyncio

import httpx
import pytest

from dojo.instruments.asgi import Conversations
from tests.k502_deadline_dashboard.board import Board, PanelError
from tests.k502_deadline_dashboard.page import GET, shown

pytestmark = pytest.mark.urls("katas.k502_deadline_dashboard.urls")


@pytest.mark.task(5)
async def test_a_reader_who_goes_away_cancels_the_panels(page: Board, asgi: Conversations) -> None:
    """When the reader goes away, every panel in flight is cancelled at once."""
    page.add("weather", 0.2)
    page.add("archive", 1.5)

    async with asgi("GET", "/dashboard/") as conversation:
        await asyncio.sleep(0.3)
        conversation.disconnect()
        await conversation.ended()
        # Those that are not cancelled come to their end.
        await asyncio.sleep(1.5)

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
    page.add("letters", 0.1, fails=PanelError("no data"))
    page.add("archive", 1.5, cleanup_s=0.25)

    async with asgi("GET", "/dashboard/") as conversation:
        await asyncio.sleep(after_s)
        conversation.disconnect()
        await conversation.ended()
    # What the panels make of it is not judged; here they come to their end in any case.
    await asyncio.sleep(1.5)

    sent = [message.get("status", message.get("body")) for message in conversation.sent]
    assert not sent, page.explain(
        f"{GET}, where letters fails and archive is late and takes 0.25 s to clean up; "
        f"the reader goes away at {after_s} s",
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
        await asyncio.wait({other})
        assert not other.cancelled(), page.explain(
            f"{GET}, twice, one reader goes away at 0.3 s",
            observed="the other reader's request was cancelled when the first one went away: "
            "the two share a task, or one cancels what it has not started",
            expected="it to go on",
            task=5,
        )
        responses = [other.result(), await asgi_client.get("/dashboard/")]

    expected = {"panels": page.answers(archive=None)}
    for who, response in zip(("another, at the same time", "the next"), responses, strict=True):
        assert shown(response) == expected, page.explain(
            f"{GET}, twice, one reader goes away at 0.3 s: {who}",
            observed=f"got {shown(response)}",
            expected=f"{expected}",
            task=5,
        )
