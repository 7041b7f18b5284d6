"""The log: a handler with the filter gets every record, each with the id of its request."""

import asyncio
import logging

import pytest
from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse

from dojo.instruments.service import Service
from tests.k303_request_id_context.asking import MANY, SERVERS, Site
from tests.k303_request_id_context.conftest import Log

logger = logging.getLogger("newsroom")


def compare(ids: dict[str, object], expected: dict[str, str]) -> str:
    """Return one line for each record that is not as expected; empty if all are."""
    seen = {message: ids.get(message, "no record") for message in expected} | ids
    return "".join(
        f"\n  {message}: {one!r}; expected {expected.get(message, 'no record')!r}"
        for message, one in seen.items()
        if one != expected.get(message)
    )


@pytest.mark.task(5)
async def test_records_have_the_id_of_their_request(site: Site, log: Log, service: Service) -> None:
    """Eight requests at once log in their views, tasks and threads: each record has its own id."""

    async def write(message: str) -> None:
        logger.info(message)

    async def page(request: HttpRequest) -> HttpResponse:
        reader = request.path.strip("/")
        await write(f"{reader} came")
        await service.fetch(reader)
        await asyncio.create_task(write(f"{reader} in a task"))
        await sync_to_async(logger.info)(f"{reader} in a thread")
        await sync_to_async(logger.info, thread_sensitive=False)(f"{reader} in the pool")
        return HttpResponse()

    readers = [f"reader-{number}" for number in range(MANY)]
    site.serve(page)

    await asyncio.gather(*(site.ask("ASGI", f"/{reader}/", brings=reader) for reader in readers))

    expected = {
        f"{reader} {what}": reader
        for what in ("came", "in a task", "in a thread", "in the pool")
        for reader in readers
    }
    faults = compare(log.ids("newsroom"), expected)
    assert not faults, f"{MANY} requests at once, record.request_id by message: (task 5){faults}"


@pytest.mark.task(5)
@pytest.mark.parametrize("server", SERVERS)
async def test_djangos_records_of_error_pages_have_it(site: Site, log: Log, server: str) -> None:
    """What Django logs of a page that raises, or answers 404, has the id of the request."""

    def page(request: HttpRequest) -> HttpResponse:
        if request.path == "/raises-404/":
            raise Http404
        if request.path == "/raises/":
            raise ZeroDivisionError
        return HttpResponse(status=404)

    site.serve(page)
    for path, status in (("/raises-404/", 404), ("/raises/", 500), ("/answers-404/", 404)):
        await site.ask(server, path, brings="reader-17", expected=status)

    expected = {
        "Not Found: /raises-404/": "reader-17",
        "Internal Server Error: /raises/": "reader-17",
        "Not Found: /answers-404/": "reader-17",
    }
    faults = compare(log.ids("django.request"), expected)
    assert not faults, (
        f"GET of three pages under {server} with X-Request-ID 'reader-17', record.request_id in "
        f"the logger django.request: (task 5){faults}"
    )


@pytest.mark.task(5)
def test_records_of_no_request_get_a_dash(log: Log) -> None:
    """A record that belongs to no request is kept, with "-", whatever hangs on it."""
    extras: list[dict[str, object]] = [{}, {"request": None}, {"request": object()}]
    for extra in extras:
        try:
            logger.info("the presses start", extra=extra)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            pytest.fail(
                f"logger.info(…, extra={extra!r}) outside of a request raised {error!r}; expected "
                "a record. (task 5)"
            )

        faults = compare(log.ids("newsroom"), {"the presses start": "-"})
        assert not faults, (
            f"logger.info(…, extra={extra!r}) outside of a request, record.request_id: "
            f"(task 5){faults}"
        )
        log.records.clear()
