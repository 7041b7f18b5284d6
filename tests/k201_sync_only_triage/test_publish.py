"""Publishing: the article first, then, once it is committed, the announcement."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import AsyncClient

from katas.newsroom.models import Article

pytestmark = [
    pytest.mark.urls("katas.k201_sync_only_triage.urls"),
    pytest.mark.django_db(transaction=True),
]

Add = Callable[..., Awaitable[None]]
Visit = Callable[[str, str], Awaitable[HttpResponse]]


@pytest.mark.task(4)
async def test_publishes(visit: Visit, add: Add, announced: list[Any]) -> None:
    """POST /publish/<slug>/ answers 200, and the article is published."""
    await add("Half a story", status="draft")

    response = await visit("POST", "/publish/half-a-story/")

    assert response.status_code == 200, (
        f"POST /publish/half-a-story/ answered {response.status_code}; expected 200."
    )
    seen = await Article.objects.aget()
    assert (seen.status, bool(seen.published_at)) == ("published", True), (
        f"POST /publish/half-a-story/ left the article with status {seen.status!r} and "
        f"published_at {seen.published_at}; expected 'published' and the time."
    )


@pytest.mark.task(4)
async def test_announces_what_is_committed(
    call_view: Visit, add: Add, announced: list[Any]
) -> None:
    """When the view returns, the agencies have been told once, of what was committed by then."""
    await add("Half a story", status="draft")

    # The view alone: around it, middleware would give a background task time to finish.
    await call_view("POST", "/publish/half-a-story/")

    assert [note.title for note in announced] == ["Half a story"], (
        f"the view at /publish/half-a-story/ returned; announced by then: {announced}; "
        "expected one announcement, of 'Half a story'."
    )
    [note] = announced
    assert (note.status, note.in_transaction) == ("published", False), (
        f"the view at /publish/half-a-story/ announced: {note}; expected it when the status is "
        "'published' in the database, and outside of any transaction."
    )


@pytest.mark.task(4)
async def test_a_failed_save_is_not_announced(
    add: Add, announced: list[Any], fail_nth_write: Callable[..., Any]
) -> None:
    """If the database refuses the article, the agencies hear nothing."""
    await add("Half a story", status="draft")
    client = AsyncClient(raise_request_exception=False)

    with fail_nth_write(1, Article):
        await client.post("/publish/half-a-story/")

    assert announced == [], (
        "POST /publish/half-a-story/, with a database that refuses to write, announced: "
        f"{announced}; expected nothing."
    )


@pytest.mark.task(4)
async def test_an_unknown_article_is_not_found(visit: Visit, announced: list[Any]) -> None:
    """POST /publish/<slug>/ answers 404 if there is no such article."""
    response = await visit("POST", "/publish/never-written/")

    assert response.status_code == 404, (
        f"POST /publish/never-written/ answered {response.status_code}; expected 404."
    )


@pytest.mark.task(4)
async def test_publishing_stays_off_the_loop(
    stays_off_the_loop: Callable[[str, str], Awaitable[None]], add: Add, announced: list[Any]
) -> None:
    """The view is async, and none of its queries runs on the event loop's thread."""
    await add("Half a story", status="draft")

    await stays_off_the_loop("POST", "/publish/half-a-story/")
