"""The page, through Django's ASGI handler: its panels and gaps."""

import httpx
import pytest
from asgiref.sync import iscoroutinefunction
from django.urls import resolve

from dojo.instruments.asgi import Conversations
from tests.k502_deadline_dashboard import elsewhere
from tests.k502_deadline_dashboard.board import Board, PanelError
from tests.k502_deadline_dashboard.page import GET, shown

pytestmark = pytest.mark.urls("katas.k502_deadline_dashboard.urls")


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
    kind = response.headers["content-type"]
    assert kind.startswith("application/json"), (
        f"{GET}, answered with the content type {kind!r}; expected 'application/json'. (task 5)"
    )


@pytest.mark.task(5)
@pytest.mark.urls(elsewhere.__name__)
async def test_another_url_has_another_dashboard(
    another_page: Board, asgi_client: httpx.AsyncClient
) -> None:
    """The view shows the panels, and keeps the deadline, that the URLconf hands to it."""
    another_page.add("cinemas", 0.2)
    another_page.add("markets", 0.6)

    response = await asgi_client.get("/elsewhere/")

    seen = (shown(response), another_page.service.elapsed)
    expected = ({"panels": another_page.answers(markets=None)}, elsewhere.DEADLINE_S)
    assert seen == expected, another_page.explain(
        f"GET /elsewhere/, with 2 panels and a deadline of {elsewhere.DEADLINE_S:g} s",
        observed=f"answered {seen[0]}, at {seen[1]:g} s",
        expected=f"{expected[0]}, at {expected[1]:g} s",
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
