"""The desk: two counts, the latest article, and five calls that Django refuses on the loop."""

import importlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from django.http import HttpResponse

from katas.k201_sync_only_triage import views
from tests.k201_sync_only_triage.asking import Add, Visit

pytestmark = [
    pytest.mark.urls("katas.k201_sync_only_triage.urls"),
    pytest.mark.django_db(transaction=True),
]


def shown(response: HttpResponse, key: str) -> Any:
    """Return what the desk's answer says under *key*."""
    assert response.status_code == 200, f"GET /desk/ answered {response.status_code}; expected 200."
    return response.json().get(key, "<missing>")  # type: ignore[attr-defined]


@pytest.mark.task(2)
def test_importing_leaves_the_guard_alone() -> None:
    """Importing `views.py` does not switch Django's guard off."""
    # The instruments watch DJANGO_ALLOW_ASYNC_UNSAFE; whoever sets it fails here.
    importlib.reload(views)


@pytest.mark.task(2)
async def test_counts_what_is_published(visit: Visit, add: Add) -> None:
    """`published` is the number of published articles; drafts do not count."""
    for number in range(3):
        await add(f"Story {number}", status="published")
    await add("Half a story", status="draft")

    seen = shown(await visit("GET", "/desk/"), "published")

    assert seen == 3, (
        f"GET /desk/ with 3 published articles and a draft: published {seen!r}; expected 3."
    )


@pytest.mark.task(2)
@pytest.mark.parametrize("waiting", [True, False])
async def test_says_whether_drafts_wait(visit: Visit, add: Add, waiting: bool) -> None:
    """`drafts_waiting` is true if there is a draft, and false if there is none."""
    await add("Old story", status="published")
    if waiting:
        await add("Half a story", status="draft")

    seen = shown(await visit("GET", "/desk/"), "drafts_waiting")

    assert seen is waiting, (
        f"GET /desk/, number of drafts {int(waiting)}: drafts_waiting {seen!r}; expected {waiting}."
    )


@pytest.mark.task(2)
async def test_describes_the_latest_article(visit: Visit, add: Add) -> None:
    """`latest` is the newest published article: its title, its author's name, its tags sorted.

    A draft that was published once, and later than all others, is none.
    """
    await add("Old story", status="published", day=1)
    await add("New story", status="published", day=3, author="Ida", tags=("votes", "city", "mayor"))
    await add("Middle story", status="published", day=2)
    await add("Withdrawn story", status="draft", day=4, withdrawn=True)

    seen = shown(await visit("GET", "/desk/"), "latest")

    expected = {"title": "New story", "author": "Ida", "tags": ["city", "mayor", "votes"]}
    assert seen == expected, f"GET /desk/: latest {seen!r}; expected {expected!r}."


@pytest.mark.task(2)
async def test_an_article_may_lack_an_author(visit: Visit, add: Add) -> None:
    """Without author and tags, `latest` says null and an empty list."""
    await add("Found on the doorstep", status="published")

    seen = shown(await visit("GET", "/desk/"), "latest")

    expected: dict[str, object] = {"title": "Found on the doorstep", "author": None, "tags": []}
    assert seen == expected, f"GET /desk/: latest {seen!r}; expected {expected!r}."


@pytest.mark.task(2)
async def test_an_empty_newsroom(visit: Visit) -> None:
    """With nothing published, the desk counts 0 and has no latest article."""
    response = await visit("GET", "/desk/")

    seen = {key: shown(response, key) for key in ("published", "drafts_waiting", "latest")}
    expected: dict[str, object] = {"published": 0, "drafts_waiting": False, "latest": None}
    assert seen == expected, f"GET /desk/ without articles: {seen!r}; expected {expected!r}."


@pytest.mark.task(2)
async def test_the_desk_stays_off_the_loop(
    stays_off_the_loop: Callable[[str, str], Awaitable[None]], add: Add
) -> None:
    """The view is async, and none of its queries runs on the event loop's thread."""
    await add("New story", status="published", author="Ida", tags=("city",))

    await stays_off_the_loop("GET", "/desk/")
