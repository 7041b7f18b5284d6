"""`current_id()`: everywhere in a request, and never another one's."""

import json
from collections.abc import Hashable

import pytest
from django.http import HttpRequest, HttpResponse, JsonResponse

from dojo.instruments.service import Service
from katas.k303_request_id_context.request_ids import current_id
from tests.k303_request_id_context.asking import MANY, SERVERS, Site, all_at_once
from tests.k303_request_id_context.places import everywhere, shown

READERS = [f"reader-{number}" for number in range(MANY)]
# Who comes last is answered first; and before anybody has gone, everybody has been answered once.
LAST = "the last question"
WAITS: dict[Hashable, float] = {reader: 0.1 * (MANY - n) for n, reader in enumerate(READERS)}
WAITS[LAST] = 1.0


def sync_page(request: HttpRequest) -> HttpResponse:
    """Answer with the current id."""
    return HttpResponse(str(current_id()))


async def async_page(request: HttpRequest) -> HttpResponse:
    """Answer with the current id."""
    return HttpResponse(str(current_id()))


@pytest.mark.task(3)
@pytest.mark.parametrize("server", SERVERS)
async def test_is_what_the_header_says(site: Site, server: str) -> None:
    """In sync and async pages, on both servers, `current_id()` is the id in the answer's header."""
    for page in (sync_page, async_page):
        site.serve(page)
        for brought in ("reader-17", None):
            answer = await site.ask(server, brings=brought)

            assert answer.body == answer.request_id, (
                f"GET / under {server}: current_id() in {page.__name__} is {answer.body!r}, and "
                f"the answer has X-Request-ID {answer.request_id!r}; expected the same. (task 3)"
            )


@pytest.mark.task(3)
async def test_reaches_threads_and_tasks(site: Site) -> None:
    """Coroutines, tasks, and sync code in threads of both kinds see the id of their request."""

    async def page(request: HttpRequest) -> HttpResponse:
        return JsonResponse(await everywhere())

    site.serve(page)

    seen = json.loads((await site.ask("ASGI", brings="reader-17")).body)

    assert seen == dict.fromkeys(seen, "reader-17"), (
        "GET / with X-Request-ID 'reader-17' under ASGI: current_id() is not 'reader-17' "
        f"everywhere; expected it to be. (task 3){shown(seen)}"
    )


@pytest.mark.task(3)
async def test_requests_at_one_time_keep_their_own(site: Site, service: Service) -> None:
    """Eight async requests, all under way together: each sees its own id, before and after."""
    service.takes(WAITS)

    async def page(request: HttpRequest) -> HttpResponse:
        before = await everywhere()
        await service.fetch(request.path.strip("/"))
        after = await everywhere()
        await service.fetch(LAST)
        return JsonResponse({"before": before, "after": after})

    site.serve(page)

    answers = await all_at_once(
        *(site.ask("ASGI", f"/{reader}/", brings=reader) for reader in READERS)
    )

    assert service.peak_in_flight == MANY, service.explain(
        f"{MANY} requests at once", expected=f"{MANY} in flight together", task=3
    )
    for reader, answer in zip(READERS, answers, strict=True):
        for moment, seen in json.loads(answer.body).items():
            assert seen == dict.fromkeys(seen, reader), (
                f"{MANY} requests at once under ASGI: {moment} its wait, {reader!r} does not see "
                f"its own id everywhere; expected it to. (task 3){shown(seen)}"
            )
    assert [answer.request_id for answer in answers] == READERS, (
        f"{MANY} requests at once under ASGI, with the ids {READERS}, were answered with "
        f"{[answer.request_id for answer in answers]}; expected the same. (task 3)"
    )


@pytest.mark.task(3)
async def test_requests_in_threads_keep_their_own(site: Site, service: Service) -> None:
    """Eight sync requests in eight threads, all under way together: each sees its own id."""
    service.takes(WAITS)

    def page(request: HttpRequest) -> HttpResponse:
        before = current_id()
        service.fetch_sync(request.path.strip("/"))
        after = current_id()
        service.fetch_sync(LAST)
        return HttpResponse(f"{before}, then {after}")

    site.serve(page)

    answers = await all_at_once(
        *(site.ask("WSGI", f"/{reader}/", brings=reader) for reader in READERS)
    )

    assert service.peak_in_flight == MANY, service.explain(
        f"{MANY} requests at once under WSGI", expected=f"{MANY} in flight together", task=3
    )
    seen = [answer.body for answer in answers]
    expected = [f"{reader}, then {reader}" for reader in READERS]
    assert seen == expected, (
        f"{MANY} requests at once under WSGI: current_id() before and after the wait of each is "
        f"{seen}; expected {expected}. (task 3)"
    )
    assert [answer.request_id for answer in answers] == READERS, (
        f"{MANY} requests at once under WSGI, with the ids {READERS}, were answered with "
        f"{[answer.request_id for answer in answers]}; expected the same. (task 3)"
    )


@pytest.mark.task(3)
def test_is_none_outside_of_a_request() -> None:
    """Code that runs for no request gets None."""
    try:
        seen = current_id()
    except LookupError as error:
        pytest.fail(f"current_id() outside of a request raised {error!r}; expected None. (task 3)")

    assert seen is None, f"current_id() outside of a request is {seen!r}; expected None. (task 3)"
