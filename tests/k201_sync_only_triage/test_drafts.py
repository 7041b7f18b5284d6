"""The page of drafts: a template that asks for its rows only when it is rendered."""

import html
from collections.abc import Awaitable, Callable

import pytest
from django.http import HttpResponse

from tests.k201_sync_only_triage.asking import Add, Visit

pytestmark = [
    pytest.mark.urls("katas.k201_sync_only_triage.urls"),
    pytest.mark.django_db(transaction=True),
]


def listed(response: HttpResponse) -> list[str]:
    """Return the text of the list's items, as the page has it."""
    assert response.status_code == 200, (
        f"GET /drafts/ answered {response.status_code}; expected 200."
    )
    page = " ".join(response.content.decode().split())
    return [item.partition("</li>")[0] for item in page.split("<li>")[1:]]


@pytest.mark.task(3)
async def test_lists_drafts_with_their_authors(visit: Visit, add: Add) -> None:
    """GET /drafts/ shows each draft with its author, the oldest first; published ones it leaves."""
    await add("A first try", status="draft", day=5)
    await add("Old news", status="published", author="Max")
    await add("Second thoughts", status="draft", author="Ida", day=3)

    items = listed(await visit("GET", "/drafts/"))

    expected = ["Second thoughts, by Ida", "A first try, by nobody yet"]
    assert items == expected, (
        f"GET /drafts/, with drafts created on the 5th and then on the 3rd, listed {items}; "
        f"expected {expected}."
    )


@pytest.mark.task(3)
async def test_lists_all_drafts(visit: Visit, add: Add) -> None:
    """GET /drafts/ lists 120 drafts."""
    await add(*(f"Story {number} of 120" for number in range(1, 121)), status="draft")

    shown = len(set(listed(await visit("GET", "/drafts/"))))

    assert shown == 120, f"GET /drafts/ listed {shown} of 120 drafts; expected all."


@pytest.mark.task(3)
async def test_titles_are_text(visit: Visit, add: Add) -> None:
    """What looks like HTML in a title or a name is shown as it is written, as text."""
    await add("Cats & <b>dogs</b>", status="draft", author="<i>Ida</i>")

    items = listed(await visit("GET", "/drafts/"))

    expected = "Cats & <b>dogs</b>, by <i>Ida</i>"
    shown = [html.unescape(item) for item in items if "<" not in item]
    assert shown == [expected], (
        f"GET /drafts/, with a draft {expected!r}, listed {items}; expected that text, escaped."
    )


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
