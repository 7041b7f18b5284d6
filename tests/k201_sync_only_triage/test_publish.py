"""Publishing: the article first, then, once it is committed, the announcement."""

from collections.abc import Awaitable, Callable

import pytest

from katas.newsroom.models import Article
from tests.k201_sync_only_triage.asking import Add, Announcement, Visit

pytestmark = [
    pytest.mark.urls("katas.k201_sync_only_triage.urls"),
    pytest.mark.django_db(transaction=True),
]


@pytest.mark.task(4)
async def test_announces_what_is_committed(
    call_view: Visit, add: Add, announced: list[Announcement]
) -> None:
    """When the view returns, the agencies have been told once, of what was committed by then."""
    await add("Half a story", status="draft")

    # The view alone: around it, middleware would give a background task time to finish.
    await call_view("POST", "/publish/half-a-story/")

    dropped = (
        ""
        if announced
        else " (Of a callback, on_commit drops what it returns: a coroutine is awaited by nobody.)"
    )
    assert [note.title for note in announced] == ["Half a story"], (
        f"the view at /publish/half-a-story/ returned; announced by then: {announced}; "
        f"expected one announcement, of 'Half a story'.{dropped}"
    )
    [note] = announced
    assert note.status == "published", (
        f"the view at /publish/half-a-story/ announced, and in the database the article had the "
        f"status {note.status!r} at that moment; expected 'published': first save, then announce."
    )
    assert not note.in_transaction, (
        "the view at /publish/half-a-story/ announced inside of a transaction "
        f"(in_transaction={note.in_transaction}); expected it after the commit."
    )


@pytest.mark.task(4)
async def test_publishes(visit: Visit, add: Add, announced: list[Announcement]) -> None:
    """POST /publish/<slug>/ answers 200, and the article is published, and no other."""
    await add("Half a story", "Another one", status="draft")

    response = await visit("POST", "/publish/half-a-story/")

    assert response.status_code == 200, (
        f"POST /publish/half-a-story/ answered {response.status_code}; expected 200."
    )
    seen = await Article.objects.aget(slug="half-a-story")
    assert (seen.status, bool(seen.published_at)) == ("published", True), (
        f"POST /publish/half-a-story/ left the article with status {seen.status!r} and "
        f"published_at {seen.published_at}; expected 'published' and the time."
    )
    other = await Article.objects.aget(slug="another-one")
    assert (other.status, other.published_at) == ("draft", None), (
        f"POST /publish/half-a-story/ left the draft another-one with status {other.status!r} and "
        f"published_at {other.published_at}; expected it as it was."
    )


@pytest.mark.task(4)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
async def test_only_post_publishes(
    visit: Visit, add: Add, announced: list[Announcement], method: str
) -> None:
    """Other methods than POST are answered with 405; nothing is published or announced."""
    await add("Half a story", status="draft")

    code = (await visit(method, "/publish/half-a-story/")).status_code

    status = (await Article.objects.aget()).status
    assert (code, status, announced) == (405, "draft", []), (
        f"{method} /publish/half-a-story/ answered {code}, left the article with status "
        f"{status!r}, and announced {announced}; expected 405, 'draft' and []."
    )


@pytest.mark.task(4)
async def test_an_unknown_article_is_not_found(visit: Visit, announced: list[Announcement]) -> None:
    """POST /publish/<slug>/ answers 404 if there is no such article."""
    response = await visit("POST", "/publish/never-written/")

    assert response.status_code == 404, (
        f"POST /publish/never-written/ answered {response.status_code}; expected 404."
    )


@pytest.mark.task(4)
async def test_publishing_stays_off_the_loop(
    stays_off_the_loop: Callable[[str, str], Awaitable[None]],
    add: Add,
    announced: list[Announcement],
) -> None:
    """The view is async, and none of its queries runs on the event loop's thread."""
    await add("Half a story", status="draft")

    await stays_off_the_loop("POST", "/publish/half-a-story/")
