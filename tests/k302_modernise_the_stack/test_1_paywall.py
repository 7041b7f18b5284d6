"""The plain class, alone: what it does, under ASGI and under WSGI."""

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

SUBSCRIBER = {"X-Subscriber": "yes"}


@pytest.fixture
def sites(settings: Settings) -> list[Site]:
    """The site with `Paywall` alone, under ASGI and under WSGI."""
    return [Site(handler, settings, "Paywall") for handler in SERVERS]


@pytest.mark.task(1)
def test_paywall_serves_pages(sites: list[Site], desks: Service) -> None:
    """With Paywall, a page is served and has its two headers, under ASGI and WSGI."""
    for site in sites:
        reply = site.ask("/stories/rain/")

        reply.expect(200, f"{desks.answers['rain']}; no edition")
        reply.expect(200, X_Robots_Tag="noarchive", Vary="X-Subscriber")


@pytest.mark.task(1)
def test_paywall_refuses_robots(sites: list[Site], desks: Service) -> None:
    """Paywall's PermissionDenied becomes a response with 403, and no view is called."""
    for site in sites:
        reply = site.ask("/stories/rain/", {"User-Agent": "GreedyBot/1.0"})

        reply.expect(403)
        assert desks.calls == 0, desks.explain(reply.call, expected="no call", task=1)


@pytest.mark.task(1)
def test_paywall_asks_for_a_subscription(sites: list[Site], desks: Service) -> None:
    """Paywall's process_view answers 402 in place of a paid view; who has subscribed gets 200."""
    for site in sites:
        reply = site.ask("/analyses/rain/")

        reply.expect(402, "For subscribers.", X_Robots_Tag="noarchive")
        assert desks.calls == 0, desks.explain(reply.call, expected="no call", task=1)
    for site in sites:
        site.ask("/analyses/rain/", SUBSCRIBER).expect(200)


@pytest.mark.task(1)
def test_paywall_tells_who_has_paid(sites: list[Site], desks: Service) -> None:
    """Paywall's process_exception answers in place of a paid view that fails, and of no other."""
    desks.fails("rain", RuntimeError("the ink is out"))

    for site in sites:
        reply = site.ask("/analyses/rain/", SUBSCRIBER)

        reply.expect(500, "You have not been charged.", X_Robots_Tag="noarchive")
        other = site.ask("/stories/rain/", SUBSCRIBER)
        other.expect(500)
        if "charged" in other.answer.body:
            pytest.fail(
                f"{other.call}: body: {other.answer.page}; expected Django's page for 500.",
                pytrace=False,
            )


@pytest.mark.task(1)
def test_paywall_is_not_adapted(adaptations: Adaptations, settings: Settings) -> None:
    """A page is served with Paywall, under ASGI and WSGI, and Django logs no adaptation."""
    expect_no_adaptation("Paywall", settings, adaptations, task=1)


@pytest.mark.task(1)
def test_paywall_holds_no_thread(desks: Service, settings: Settings) -> None:
    """With Paywall, more async views wait at a time than there are threads."""
    expect_no_thread_to_wait("Paywall", settings, desks, task=1)


@pytest.mark.task(1)
def test_paywall_builds_no_bridge(hops: Hops, desks: Service, settings: Settings) -> None:
    """With Paywall in sync mode, no code but an async view runs on a loop, and none hops.

    A sync page is served, and an async one that fails.
    """
    desks.fails("sport", DeskError("sport"))
    site = Site("Client", settings, "Paywall")

    expect_no_bridge(site, Ask("/imprint/"), 200, hops, task=1)
    expect_no_bridge(site, Ask("/analyses/sport/", tuple(SUBSCRIBER.items())), 500, hops, task=1)


@pytest.mark.task(1)
def test_paywall_asks_get_response_for_the_mode(settings: Settings) -> None:
    """With a sync get_response, Paywall works in sync mode, also on an event loop's thread."""
    expect_mode_of_get_response("Paywall", settings)
