"""The subclass of MiddlewareMixin, alone: what it does, under ASGI and under WSGI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dojo.instruments.adaptations import Adaptations
from dojo.instruments.hops import Hops
from dojo.instruments.service import Service
from katas.k302_modernise_the_stack.desks import DeskError
from tests.k302_modernise_the_stack.handlers import SERVERS, Ask
from tests.k302_modernise_the_stack.served import (
    Site,
    expect_mode_of_get_response,
    expect_no_adaptation,
    expect_no_bridge,
    expect_no_thread_to_wait,
)

if TYPE_CHECKING:
    from pytest_django import Settings

EVENING = {"X-Edition": "evening"}


@pytest.fixture
def sites(settings: Settings) -> list[Site]:
    """The site with `Edition` alone, under ASGI and under WSGI."""
    return [Site(handler, settings, "Edition") for handler in SERVERS]


@pytest.mark.task(2)
def test_edition_serves_pages(sites: list[Site], desks: Service) -> None:
    """With Edition, the view knows the edition and the response names it, under ASGI and WSGI."""
    for site in sites:
        reply = site.ask("/stories/rain/", EVENING)

        reply.expect(200, f"{desks.answers['rain']}; evening edition")
        reply.expect(200, X_Edition="evening", Vary="X-Edition")
        site.ask("/stories/rain/").expect(200, X_Edition="morning")


@pytest.mark.task(2)
def test_edition_refuses_unknown_ones(sites: list[Site], desks: Service) -> None:
    """Edition's Http404 becomes a response with 404, and no view is called."""
    for site in sites:
        reply = site.ask("/stories/rain/", {"X-Edition": "noon"})

        reply.expect(404)
        assert desks.calls == 0, desks.explain(reply.call, expected="no call", task=2)


@pytest.mark.task(2)
def test_edition_answers_for_a_desk_that_is_down(sites: list[Site], desks: Service) -> None:
    """Edition's process_exception answers 503 for DeskError, and leaves other errors alone."""
    desks.fails("sport", DeskError("sport"))
    desks.fails("rain", RuntimeError("the ink is out"))

    for site in sites:
        down = site.ask("/stories/sport/", EVENING)
        broken = site.ask("/stories/rain/", EVENING)

        down.expect(503, "Not in the evening edition.", X_Edition="evening")
        broken.expect(500, X_Edition="evening")


@pytest.mark.task(2)
def test_edition_is_not_adapted(adaptations: Adaptations, settings: Settings) -> None:
    """A page is served with Edition, under ASGI and WSGI, and Django logs no adaptation."""
    expect_no_adaptation("Edition", settings, adaptations, task=2)


@pytest.mark.task(2)
def test_edition_holds_no_thread(desks: Service, settings: Settings) -> None:
    """With Edition, more async views wait at a time than there are threads."""
    expect_no_thread_to_wait("Edition", settings, desks, task=2)


@pytest.mark.task(2)
def test_edition_builds_no_bridge(hops: Hops, desks: Service, settings: Settings) -> None:
    """With Edition in sync mode, no code but an async view runs on a loop, and none hops.

    A sync page is served, and an async one that fails.
    """
    desks.fails("sport", DeskError("sport"))
    site = Site("Client", settings, "Edition")

    expect_no_bridge(site, Ask("/imprint/"), 200, hops, task=2)
    expect_no_bridge(site, Ask("/stories/sport/"), 503, hops, task=2)


@pytest.mark.task(2)
def test_edition_asks_get_response_for_the_mode(settings: Settings) -> None:
    """With a sync get_response, Edition works in sync mode, also on an event loop's thread."""
    expect_mode_of_get_response("Edition", settings)
