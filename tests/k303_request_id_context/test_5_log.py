"""The log: a handler with the filter gets every record, each with the id of its request."""

import asyncio
import logging
from dataclasses import dataclass

import pytest
from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory

from dojo.instruments import learner
from dojo.instruments.service import Service
from tests.k303_request_id_context.asking import MANY, SERVERS, Site, all_at_once
from tests.k303_request_id_context.conftest import Log

logger = logging.getLogger("newsroom")


@dataclass(frozen=True)
class PrintJob:
    """What others may call a request, with an id of its own."""

    id: str


# What hangs on a record under the name of `request`: nothing, or something else than a request that
# has met the middleware.
EXTRAS: list[dict[str, object]] = [
    {},
    {"request": None},
    {"request": object()},
    {"request": PrintJob("job-17")},
    {"request": HttpRequest()},
]


def bringing(request_id: str, path: str) -> HttpRequest:
    """Return a request with that header, which never meets the middleware."""
    return RequestFactory().get(path, headers={"X-Request-ID": request_id})


def named(extra: dict[str, object]) -> str:
    """Return the message that goes with *extra*."""
    return f"info(…, {extra=})"


def log_all(extras: list[dict[str, object]]) -> str:
    """Log once with each of *extras*; return a line for each time that raised."""
    raised = []
    for extra in extras:
        try:
            logger.info(named(extra), extra=extra)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raised.append(f"\n  {named(extra)} raised {learner.told(error)}")
    return "".join(raised)


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

    await all_at_once(*(site.ask("ASGI", f"/{reader}/", brings=reader) for reader in readers))

    expected = {
        f"{reader} {what}": reader
        for what in ("came", "in a task", "in a thread", "in the pool")
        for reader in readers
    }
    faults = log.faults("newsroom", expected)
    assert not faults, f"{MANY} requests at once, record.request_id by message: (task 5){faults}"


@pytest.mark.task(5)
@pytest.mark.parametrize("server", SERVERS)
async def test_djangos_records_of_error_pages_have_it(site: Site, log: Log, server: str) -> None:
    """What Django logs of a page that raises, or answers 404, has the id that the answer has."""

    def page(request: HttpRequest) -> HttpResponse:
        if request.path == "/raises-404/":
            raise Http404
        if request.path == "/raises/":
            raise ZeroDivisionError
        return HttpResponse(status=404)

    site.serve(page)
    for brought in ("reader-17", "reader\x1b[2J", None):
        expected = {}
        for path, status, message in (
            ("/raises-404/", 404, "Not Found: /raises-404/"),
            ("/raises/", 500, "Internal Server Error: /raises/"),
            ("/answers-404/", 404, "Not Found: /answers-404/"),
        ):
            answer = await site.ask(server, path, brings=brought, expected=status)
            expected[message] = str(answer.request_id)

        sent = f"with X-Request-ID {brought!r}" if brought else "without an id"
        faults = log.faults("django.request", expected)
        assert not faults, (
            f"GET of three pages under {server}, {sent}: record.request_id in the logger "
            f"django.request; expected X-Request-ID of the answer. (task 5){faults}"
        )
        log.records.clear()


@pytest.mark.task(5)
def test_records_of_no_request_get_a_dash(log: Log) -> None:
    """A record that belongs to no request is kept, with "-", whatever is its `request`."""
    extras: list[dict[str, object]] = [*EXTRAS, {"request": bringing("reader\x1b[2J", "/no-id/")}]
    faults = log_all(extras) or log.faults("newsroom", {named(extra): "-" for extra in extras})

    assert not faults, f"Logged outside of a request, record.request_id: (task 5){faults}"


@pytest.mark.task(5)
async def test_records_in_a_page_have_its_id(site: Site, log: Log) -> None:
    """A record of a page has the id of the page's request, whatever is its `request`."""
    extras: list[dict[str, object]] = [*EXTRAS, {"request": bringing("reader-1", "/never-met-it/")}]
    raised = []

    async def page(request: HttpRequest) -> HttpResponse:
        if request.path == "/earlier/":
            extras.append({"request": request})
        else:
            raised.append(log_all(extras))
        return HttpResponse()

    site.serve(page)

    await site.ask("ASGI", "/earlier/", brings="reader-2")
    await site.ask("ASGI", brings="reader-17")

    expected = {named(extra): "reader-17" for extra in extras}
    faults = raised[0] or log.faults("newsroom", expected)
    assert not faults, (
        "Logged in the page of a GET / with X-Request-ID 'reader-17', record.request_id: "
        f"(task 5){faults}"
    )
