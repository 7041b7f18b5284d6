"""The page of drafts: a template that asks for its rows only when it is rendered."""

from collections.abc import Awaitable, Callable

import pytest
from django.http import HttpResponse

from dojo.instruments.hops import Hops

pytestmark = [
    pytest.mark.urls("katas.k201_sync_only_triage.urls"),
    pytest.mark.django_db(transaction=True),
]

MOST_HOPS = 8

Add = Callable[..., Awaitable[None]]
Visit = Callable[[str, str], Awaitable[HttpResponse]]


@pytest.mark.task(3)
async def test_lists_drafts_with_their_authors(visit: Visit, add: Add) -> None:
    """GET /drafts/ shows each draft with its author, the oldest first; published ones it leaves."""
    await add("Second thoughts", status="draft", author="Ida")
    await add("Old news", status="published", author="Max")
    await add("A first try", status="draft")

    response = await visit("GET", "/drafts/")

    assert response.status_code == 200, (
        f"GET /drafts/ answered {response.status_code}; expected 200."
    )
    page = " ".join(response.content.decode().split())
    items = [item.partition("</li>")[0] for item in page.split("<li>")[1:]]
    expected = ["Second thoughts, by Ida", "A first try, by nobody yet"]
    assert items == expected, f"GET /drafts/ listed {items}; expected {expected}."


@pytest.mark.task(3)
async def test_no_drafts(visit: Visit) -> None:
    """Without drafts, the page says that nothing is waiting."""
    response = await visit("GET", "/drafts/")

    assert b"Nothing is waiting." in response.content, (
        f"GET /drafts/ without drafts answered {response.content.decode()!r}; "
        "expected a page with 'Nothing is waiting.'"
    )


@pytest.mark.task(3)
async def test_the_drafts_stay_off_the_loop(
    stays_off_the_loop: Callable[[str, str], Awaitable[None]], add: Add
) -> None:
    """The view is async, and none of its queries runs on the event loop's thread."""
    await add("Half a story", status="draft", author="Ida")

    await stays_off_the_loop("GET", "/drafts/")


@pytest.mark.task(3)
async def test_the_drafts_need_few_hops(
    extra_hops: Callable[[str, str], Awaitable[tuple[int, Hops]]], add: Add
) -> None:
    """The view goes to a thread a few times, however many drafts there are."""
    await add(*(f"Draft {number}" for number in range(20)), status="draft", author="Ida")

    extra, hops = await extra_hops("GET", "/drafts/")

    assert extra <= MOST_HOPS, (
        f"GET /drafts/ (20 drafts) made {extra} hops to a thread more than an empty view; "
        f"expected at most {MOST_HOPS}. Its hops, Django's own included: {hops}"
    )
