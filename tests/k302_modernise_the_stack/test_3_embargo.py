"""The function that answers in place of the view, alone, under ASGI and under WSGI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dojo.instruments.adaptations import Adaptations
from dojo.instruments.hops import Hops
from dojo.instruments.service import Service
from katas.newsroom.models import Article
from tests.k302_modernise_the_stack.handlers import SERVERS, Ask
from tests.k302_modernise_the_stack.served import (
    READERS,
    Site,
    expect_no_adaptation,
    expect_no_bridge,
    expect_no_thread_to_wait,
)

if TYPE_CHECKING:
    from pytest_django import Settings

KEY = "?preview=printers-ink"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("file")]


@pytest.fixture
def sites(settings: Settings, articles: None) -> list[Site]:
    """The site with `embargo` alone, under ASGI and under WSGI."""
    return [Site(handler, settings, "embargo") for handler in SERVERS]


@pytest.mark.task(3)
def test_embargo_serves_what_is_published(sites: list[Site], desks: Service) -> None:
    """With embargo, a published story is served, and may be stored, under ASGI and WSGI."""
    for site in sites:
        reply = site.ask("/stories/rain/")

        reply.expect(200, f"{desks.answers['rain']}; no edition", Cache_Control=None)


@pytest.mark.task(3)
def test_embargo_answers_for_a_draft(sites: list[Site], desks: Service) -> None:
    """Embargo answers 404 in place of the view if the story is a draft."""
    for site in sites:
        reply = site.ask("/stories/scoop/")

        reply.expect(404, "Not out yet.", Cache_Control=None)
        assert desks.calls == 0, desks.explain(reply.call, expected="no call", task=3)


@pytest.mark.task(3)
def test_embargo_refuses_a_wrong_key(sites: list[Site], desks: Service) -> None:
    """Embargo's PermissionDenied becomes a response with 403, and no view is called."""
    for site in sites:
        reply = site.ask("/stories/scoop/?preview=soap")

        reply.expect(403)
        assert desks.calls == 0, desks.explain(reply.call, expected="no call", task=3)


@pytest.mark.task(3)
def test_embargo_shows_the_draft_to_who_has_the_key(sites: list[Site], desks: Service) -> None:
    """With the right key, embargo lets the view answer, and the response is not to be stored."""
    for site in sites:
        reply = site.ask("/stories/scoop/?preview=printers-ink")

        reply.expect(
            200, f"{desks.answers['scoop']}; no edition", Cache_Control="private, no-store"
        )


@pytest.mark.task(3)
def test_embargo_is_not_adapted(adaptations: Adaptations, settings: Settings) -> None:
    """A page is served with embargo, under ASGI and WSGI, and Django logs no adaptation."""
    expect_no_adaptation("embargo", settings, adaptations, task=3)


@pytest.mark.task(3)
@pytest.mark.parametrize("query", ["", KEY])
def test_embargo_holds_no_thread(query: str, desks: Service, settings: Settings) -> None:
    """With embargo, more async views wait at a time than there are threads, also for drafts."""
    if query:
        Article.objects.bulk_create(Article(title=slug, slug=slug) for slug in READERS)

    expect_no_thread_to_wait("embargo", settings, desks, query=query, task=3)


@pytest.mark.task(3)
@pytest.mark.parametrize("url", ["/imprint/", f"/stories/scoop/{KEY}"])
def test_embargo_hops_for_its_query_alone(
    url: str, hops: Hops, articles: None, settings: Settings
) -> None:
    """With embargo in sync mode, nothing but a query goes to a loop, and from there to a thread."""
    site = Site("Client", settings, "embargo")

    expect_no_bridge(site, Ask(url), 200, hops, at_most=1, task=3)
