"""The page: desks from the query string, stories as JSON."""

import asyncio
import threading

import pytest
from asgiref.sync import iscoroutinefunction
from django.test import AsyncClient
from django.urls import resolve

from dojo.instruments.service import Answer, Service
from katas.newsroom import upstream

pytestmark = pytest.mark.urls("katas.k102_fan_out.urls")


@pytest.fixture
def desks(service: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """Put the fake service behind the desks that `urls.py` hands to the view."""
    monkeypatch.setattr(upstream.desks, "fetch", service.fetch)
    return service


@pytest.mark.task(4)
async def test_front_page_shows_the_stories(async_client: AsyncClient, desks: Service) -> None:
    """The page pairs each desk with its story, in the order of the query string."""
    desks.takes({"sport": 0.3, "city": 0.1})
    desks.answers["culture"] = Answer()  # a desk without a story has an entry, too
    pages = {
        "/front-page/?desk=sport&desk=culture&desk=city&desk=sport": "sport culture city sport",
        "/front-page/": "",
    }

    for url, shown in pages.items():
        response = await async_client.get(url)

        assert response.status_code == 200, (
            f"GET {url} answered {response.status_code}; expected 200."
        )
        expected = [{"desk": desk, "story": desks.answers[desk]} for desk in shown.split()]
        assert response.json() == {"stories": expected}, (
            f"GET {url} answered {response.json()!r}; expected {{'stories': {expected!r}}}."
        )


@pytest.mark.task(4)
async def test_front_page_fails_with_a_desk(desks: Service) -> None:
    """When one of the desks fails, the page is an error 500."""
    client = AsyncClient(raise_request_exception=False)
    desks.fails("sport", RuntimeError("the sport desk does not answer"))
    url = "/front-page/?desk=city&desk=sport"

    response = await client.get(url)
    await asyncio.sleep(1)  # `gather` lets the other call run on; here it comes to its end

    assert response.status_code == 500, (
        f"GET {url}, of which 'sport' fails, answered {response.status_code} with "
        f"{response.content.decode()}; expected an error 500."
    )


@pytest.mark.task(4)
async def test_front_page_is_as_fast_as_the_slowest_desk(
    async_client: AsyncClient, desks: Service
) -> None:
    """All desks are asked at once, on the server's own event loop."""
    await async_client.get("/front-page/?desk=sport&desk=city&desk=culture")

    assert desks.peak_in_flight == 3, desks.explain(
        "GET /front-page/ with three desks", expected="3 calls in flight together", task=4
    )
    here = threading.current_thread().name
    used = {str(span.thread) for span in desks.timeline.spans}
    assert used == {here}, desks.explain(
        "GET /front-page/ with three desks",
        observed=f"the calls ran on {', '.join(sorted(used))}",
        expected=f"all of them on {here}, the thread of the server's event loop",
        task=4,
    )


@pytest.mark.task(4)
def test_front_page_is_an_async_view() -> None:
    """What the URLconf calls for /front-page/ is a coroutine function."""
    view = resolve("/front-page/").func

    assert iscoroutinefunction(view), (
        f"iscoroutinefunction is False for the view at /front-page/ ({view!r}); expected True."
    )
