"""What the button did before: one article is published, and that is recorded."""

import json

import pytest
from asgiref.sync import iscoroutinefunction, sync_to_async
from django.urls import resolve

from katas.k401_publish_island.models import AuditEntry
from katas.newsroom.models import Article
from tests.k401_publish_island.newsroom import (
    DRAFT,
    PUBLISHED,
    SLUG,
    SUITE,
    URL,
    Press,
    committed,
    same_time,
)

pytestmark = SUITE


@pytest.mark.task(1)
async def test_publishes_and_records(draft: Article, press: Press) -> None:
    """POST /publish/<slug>/ publishes the draft, and the audit log has one entry for it."""
    answer = await press()

    assert answer.status == 200, f"{answer}; expected 200.{answer.cause}"
    state = await sync_to_async(committed)()
    assert state == PUBLISHED, f"{answer}, and left {state}; expected {PUBLISHED}."
    entry = await AuditEntry.objects.aget()
    assert (entry.slug, entry.action) == (SLUG, "published"), (
        f"{answer}, and recorded {str(entry)!r}; expected '{SLUG}: published'."
    )


@pytest.mark.task(1)
async def test_answers_with_the_time(draft: Article, press: Press) -> None:
    """The answer has the slug, and the time of publication that is stored."""
    answer = await press()

    told = answer.published_at()
    stored = (await Article.objects.aget()).published_at
    assert stored, f"{answer}, and stored published_at=None; expected the time."
    assert same_time(told, stored), (
        f"{answer} with published_at {told}; expected {stored}, as stored."
    )
    assert json.loads(answer.content)["slug"] == SLUG, (
        f"{answer} with {answer.content.decode()}; expected the slug {SLUG!r}."
    )


@pytest.mark.task(1)
async def test_publishes_no_other(draft: Article, press: Press) -> None:
    """Other drafts stay as they are."""
    await Article.objects.acreate(title="Half a story", slug="half-a-story")

    await press()

    state = await sync_to_async(committed)("half-a-story")
    assert state == DRAFT, f"POST {URL} left half-a-story with {state}; expected {DRAFT}."


@pytest.mark.task(1)
async def test_an_unknown_article_is_not_found(draft: Article, press: Press) -> None:
    """For a slug that no article has, the answer is 404, and nothing is recorded."""
    answer = await press("never-written")

    assert answer.status == 404, (
        f"{answer}; expected 404, as there is no such article.{answer.cause}"
    )
    entries = [str(entry) async for entry in AuditEntry.objects.all()]
    assert entries == [], f"{answer}, and recorded {entries}; expected nothing."


@pytest.mark.task(1)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
async def test_only_post_publishes(draft: Article, press: Press, method: str) -> None:
    """Methods other than POST get 405 and change nothing."""
    answer = await press(method=method)

    state = await sync_to_async(committed)()
    assert (answer.status, state) == (405, DRAFT), (
        f"{answer}, and left {state}; expected 405 and {DRAFT}."
    )


@pytest.mark.task(1)
def test_the_view_is_async() -> None:
    """What the URLconf calls is a coroutine function."""
    view = resolve(URL).func

    assert iscoroutinefunction(view), (
        f"iscoroutinefunction is False for the view at {URL} ({view!r}); expected an async view."
    )
