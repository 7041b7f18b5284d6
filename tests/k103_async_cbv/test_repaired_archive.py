"""The archive: it lists, it takes drafts, and its handlers are all of one kind."""

import importlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import iscoroutinefunction
from django.core.exceptions import ImproperlyConfigured
from django.test import AsyncClient
from django.utils.text import slugify
from django.views import View

from katas.k103_async_cbv.legacy import LegacyArchive
from katas.k103_async_cbv.views import Archive
from katas.newsroom.models import Article

pytestmark = pytest.mark.django_db(transaction=True)

MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.fixture
def archive(serve: Callable[..., None]) -> None:
    """Serve `Archive` at /archive/."""
    serve("archive/", Archive)


async def publish(*, days: int) -> str:
    """Add an article that was published that many days after Monday; return its title."""
    title = f"Story {secrets.token_hex(4)}"
    await Article.objects.acreate(
        title=title,
        slug=slugify(title),
        status=Article.Status.PUBLISHED,
        published_at=MONDAY + timedelta(days=days),
    )
    return title


def kinds(view_class: type[View]) -> dict[str, str]:
    """Return of each handler whether it is sync or async; `options` alone may be either."""
    return {
        name: "async" if iscoroutinefunction(getattr(view_class, name)) else "sync"
        for name in View.http_method_names
        if name != "options" and hasattr(view_class, name)
    }


@pytest.mark.task(4)
async def test_lists_the_newest_first(async_client: AsyncClient, archive: None) -> None:
    """GET /archive/ answers 200 with the titles of what is published, the newest first."""
    tuesday, thursday, wednesday = [await publish(days=days) for days in (1, 3, 2)]

    response = await async_client.get("/archive/")

    assert response.status_code == 200, (
        f"GET /archive/ answered {response.status_code}; expected 200."
    )
    text = response.content.decode()
    shown = sorted(filter(text.__contains__, (tuesday, wednesday, thursday)), key=text.index)
    assert shown == [thursday, wednesday, tuesday], (
        f"GET /archive/ showed {shown}; expected {[thursday, wednesday, tuesday]}, which were "
        "published on Thursday, Wednesday and Tuesday."
    )


@pytest.mark.task(4)
async def test_every_get_lists_what_is_published_now(
    async_client: AsyncClient, archive: None
) -> None:
    """What is withdrawn between two GETs is gone from the second, what is published is there."""
    early = await publish(days=1)
    await async_client.get("/archive/")
    await Article.objects.filter(title=early).aupdate(status=Article.Status.DRAFT)
    late = await publish(days=2)

    response = await async_client.get("/archive/")

    shown = list(filter(response.content.decode().__contains__, (early, late)))
    assert shown == [late], (
        f"GET /archive/, again, showed {shown}; expected {[late]}: since the first GET, {early!r} "
        f"was withdrawn and {late!r} was published."
    )


@pytest.mark.task(4)
async def test_all_are_listed(async_client: AsyncClient, archive: None) -> None:
    """GET /archive/ lists 120 published articles."""
    titles = [f"Story {number} of 120" for number in range(1, 121)]
    shared: dict[str, Any] = {"status": Article.Status.PUBLISHED, "published_at": MONDAY}
    await Article.objects.abulk_create(
        [Article(title=title, slug=slugify(title), **shared) for title in titles]
    )

    response = await async_client.get("/archive/")

    shown = sum(map(response.content.decode().__contains__, titles))
    assert shown == 120, f"GET /archive/ showed {shown} of 120 published articles; expected all."


@pytest.mark.task(4)
async def test_drafts_are_not_shown(async_client: AsyncClient, archive: None) -> None:
    """GET /archive/ leaves out what is not published."""
    await Article.objects.acreate(title="Half a story", slug="half-a-story", published_at=MONDAY)

    response = await async_client.get("/archive/")

    assert "Half a story" not in response.content.decode(), (
        "GET /archive/ showed an article with the status 'draft'; expected only published ones."
    )


@pytest.mark.task(4)
async def test_post_adds_a_draft(async_client: AsyncClient, archive: None) -> None:
    """POST /archive/ adds one draft with the title that was sent, and answers 201."""
    title = f"Story {secrets.token_hex(4)}"

    response = await async_client.post("/archive/", {"title": title})

    assert response.status_code == 201, (
        f"POST /archive/ answered {response.status_code}; expected 201, Created."
    )
    added = [(found.title, found.status) async for found in Article.objects.all()]
    assert added == [(title, "draft")], (
        f"POST /archive/ with the title {title!r} added {added}; expected {[(title, 'draft')]}."
    )


@pytest.mark.task(4)
async def test_every_post_adds_a_draft_of_its_own(archive: None) -> None:
    """Two POSTs with different titles add two drafts: the slug of an article is unique."""
    client = AsyncClient(raise_request_exception=False)

    first = await client.post("/archive/", {"title": "Rain at last"})
    second = await client.post("/archive/", {"title": "Two goals"})

    answered = [first.status_code, second.status_code]
    added = sorted([found.title async for found in Article.objects.all()])
    assert (answered, added) == ([201, 201], ["Rain at last", "Two goals"]), (
        "POST /archive/ with 'Rain at last', then with 'Two goals', answered "
        f"{answered[0]} and {answered[1]} and added {added}; expected 201 twice, and both."
    )


@pytest.mark.task(4)
def test_all_handlers_are_of_one_kind() -> None:
    """The handlers of `Archive` are all sync or all async, the inherited ones included."""
    found = kinds(Archive)

    assert len(set(found.values())) == 1, (
        f"Archive has the handlers {found}; expected all sync or all async."
    )


@pytest.mark.task(4)
def test_django_still_refuses_a_mixed_class() -> None:
    """`LegacyArchive.as_view()` raises ImproperlyConfigured, as before."""
    try:
        LegacyArchive.as_view()
    except ImproperlyConfigured:
        return
    pytest.fail(
        f"LegacyArchive.as_view() returned a view, with the handlers {kinds(LegacyArchive)}; "
        "expected ImproperlyConfigured. The legacy class and Django's check stay as they are.",
        pytrace=False,
    )


@pytest.mark.task(4)
def test_urls_can_be_imported() -> None:
    """Importing `urls.py`, which calls `as_view()` on both classes, raises nothing."""
    try:
        importlib.import_module("katas.k103_async_cbv.urls")
    except ImproperlyConfigured as error:
        refusal = str(error)
    else:
        return
    pytest.fail(
        f"importing katas.k103_async_cbv.urls raised ImproperlyConfigured: {refusal} "
        "Expected two views.",
        pytrace=False,
    )
