"""The id: on every response, and wherever code of the request runs."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.test import AsyncClient

from dojo.instruments.service import Service
from katas.k701_async_report.request_ids import current_id
from tests.k701_async_report.site import IDS, Answer, Site, check_declared

WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{1,64}")
READERS = [f"reader-{number}" for number in range(8)]


async def page(request: HttpRequest) -> HttpResponse:
    """Answer, or fail as `?error=` says."""
    match request.GET.get("error"):
        case "404":
            raise Http404
        case "500":
            raise ZeroDivisionError
        case "CancelledError":
            raise asyncio.CancelledError
    return HttpResponse()


async def ask_here() -> str | None:
    """Ask in a coroutine."""
    await asyncio.sleep(0)
    return current_id()


async def grandchild() -> str | None:
    """Ask in a thread that a task of a task uses."""
    return await asyncio.create_task(sync_to_async(current_id)())


PLACES: dict[str, Callable[[], Awaitable[str | None]]] = {
    "the view": ask_here,
    "a task": lambda: asyncio.create_task(ask_here()),
    "sync_to_async": sync_to_async(current_id),
    "sync_to_async, thread_sensitive=False": sync_to_async(current_id, thread_sensitive=False),
    "a task of a task, in a thread": lambda: asyncio.create_task(grandchild()),
}


async def everywhere() -> dict[str, str | None]:
    """Return the current id in all these places."""
    return {place: await ask() for place, ask in PLACES.items()}


def check_id(answer: Answer, expected: str) -> None:
    """Fail if the response has another id."""
    __tracebackhide__ = True
    seen = answer.headers.get("x-request-id")
    assert seen == expected, (
        f"{answer.call} answered {answer.status} with X-Request-ID {seen!r}; expected "
        f"{expected!r}. (task 3){answer.because}"
    )


@pytest.mark.task(3)
def test_the_id_middleware_is_declared() -> None:
    """Django is told that the middleware can do async, and nothing that is not true."""
    check_declared(IDS, task=3)


@pytest.mark.task(3)
@pytest.mark.parametrize(
    ("url", "status"),
    [("/page/", 200), ("/page/?error=404", 404), ("/page/?error=500", 500), ("/nowhere/", 404)],
)
async def test_the_id_comes_back(site: Site, url: str, status: int) -> None:
    """The id that a request brings is on its response, be that a page or an error page."""
    site.serve(page, middleware=[IDS])

    answer = await site.ask(url, brings="reader-17")

    check_id(answer.check(status, task=3), "reader-17")


@pytest.mark.task(3)
@pytest.mark.parametrize("brings", [None, "reader 17\x1b[2J"], ids=["nothing", "no id"])
async def test_a_new_id(site: Site, brings: str | None) -> None:
    """A request that brings no id, or none that is well-formed, gets a new one each time."""
    site.serve(page, middleware=[IDS])

    answers = [await site.ask("/page/", brings=brings) for _ in range(2)]

    seen = [answer.headers.get("x-request-id", "") for answer in answers]
    assert all(map(WELL_FORMED.fullmatch, seen)), (
        f"{answers[0].call}, twice: X-Request-ID {seen}; expected what choose_id returns. (task 3)"
    )
    assert len(set(seen)) == 2, (
        f"{answers[0].call}, twice: X-Request-ID {seen}; expected another one each time. (task 3)"
    )


@pytest.mark.task(3)
async def test_the_id_is_seen_everywhere(site: Site) -> None:
    """View, tasks and threads see the id of their request."""

    async def ask(request: HttpRequest) -> HttpResponse:
        return JsonResponse(await everywhere())

    site.serve(ask, middleware=[IDS])

    answer = await site.ask("/page/", brings="reader-17")
    seen = json.loads(answer.check(200, task=3).body)

    assert seen == dict.fromkeys(PLACES, "reader-17"), (
        f"{answer.call}: current_id() is {seen}; expected 'reader-17' everywhere. (task 3)"
    )


@pytest.mark.task(3)
async def test_requests_keep_their_own(site: Site, service: Service) -> None:
    """Eight requests at once: each sees its own id in all places, before and after it waits."""
    # Who comes last is answered first.
    service.takes({reader: 0.9 - 0.1 * number for number, reader in enumerate(READERS)})

    async def ask(request: HttpRequest) -> HttpResponse:
        before = await everywhere()
        await service.fetch(request.GET["reader"])
        return JsonResponse({"before": before, "after": await everywhere()})

    site.serve(ask, middleware=[IDS])

    answers = await asyncio.gather(
        *(site.ask(f"/page/?reader={reader}", brings=reader) for reader in READERS)
    )

    for reader, answer in zip(READERS, answers, strict=True):
        check_id(answer.check(200, task=3), reader)
        for moment, seen in json.loads(answer.body).items():
            assert seen == dict.fromkeys(PLACES, reader), (
                f"{answer.call}, one of {len(READERS)} at once: {moment} its wait, current_id() is "
                f"{seen}; expected {reader!r} everywhere. (task 3)"
            )


def check_none(when: str) -> None:
    """Fail unless there is no id."""
    __tracebackhide__ = True
    try:
        seen = current_id()
    except LookupError as error:
        pytest.fail(f"current_id() {when} raised {error!r}; expected None. (task 3)")

    assert seen is None, f"current_id() {when} is {seen!r}; expected None. (task 3)"


@pytest.mark.task(3)
def test_none_outside_of_a_request() -> None:
    """Code that runs for no request gets None."""
    check_none("outside of a request")


@pytest.mark.task(3)
@pytest.mark.parametrize("ends", ["200", "500", "CancelledError"])
async def test_none_after_a_request(site: Site, ends: str) -> None:
    """Whoever has awaited a request gets None, however the request ended."""
    site.serve(page, middleware=[IDS])
    url = f"/page/?error={ends}"

    # Unlike a server, AsyncClient runs a request in the context of whoever asks.
    with suppress(asyncio.CancelledError):
        client = AsyncClient(raise_request_exception=False)
        await client.get(url, headers={"X-Request-ID": "reader-17"})

    check_none(f"after `await AsyncClient().get({url!r})`, which ended with {ends},")
