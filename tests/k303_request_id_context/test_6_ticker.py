"""The ticker: a stream is produced after the middleware has returned."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from django.http import StreamingHttpResponse
from django.test import AsyncClient

from dojo.instruments.clock import Clock
from dojo.instruments.service import Service
from katas.k303_request_id_context import views
from katas.k303_request_id_context.request_ids import current_id
from tests.k303_request_id_context.asking import Site, all_at_once


class Wire:
    """Yields three answers of the service, 0.1 s apart."""

    def __init__(self, service: Service) -> None:
        self.service = service
        service.takes(0.1)

    async def headlines(self) -> AsyncIterator[str]:
        """Yield headlines as they come in."""
        for number in range(3):
            yield await self.service.fetch(number)

    def lines(self, request_id: str) -> str:
        """Return what the ticker is to send."""
        return "".join(f"{request_id} {self.service.answers[number]}\n" for number in range(3))


@pytest.fixture
def wire(service: Service, site: Site) -> Wire:
    """Serve the ticker."""
    wire = Wire(service)
    site.serve(views.ticker, wire=wire)
    return wire


@pytest.mark.task(6)
async def test_lines_of_the_ticker_have_the_id(site: Site, wire: Wire) -> None:
    """Each line starts with the id, of each of several readers at one time."""
    readers = ["reader-1", "reader-2", None, "reader,3"]
    answers = await all_at_once(*(site.ask("ASGI", brings=reader) for reader in readers))

    for answer in answers:
        expected = wire.lines(str(answer.request_id))
        assert answer.body == expected, (
            f"GET /ticker/, answered with X-Request-ID {answer.request_id!r}, sent\n{answer.body}\n"
            f"expected\n{expected}(task 6)"
        )


@pytest.mark.task(6)
async def test_lines_are_sent_as_they_come_in(site: Site, wire: Wire, clock: Clock) -> None:
    """The ticker sends each headline when the agency has it, and does not wait for the last."""
    async with site.asgi("GET", "/") as conversation:
        sent = [round(clock.now, 3) async for _ in conversation.chunks()]

    assert sent == [0.1, 0.2, 0.3], (
        f"GET /ticker/, with a headline every 0.1 s, sent something at {sent} s; expected "
        "[0.1, 0.2, 0.3]. (task 6)"
    )


@pytest.mark.task(6)
async def test_whoever_reads_the_ticker_sees_no_id(site: Site, wire: Wire) -> None:
    """A generator runs in the context of its reader, who has no id: not after any line."""

    async def read() -> list[str | None]:
        response = await AsyncClient().get("/", headers={"X-Request-ID": "reader-17"})
        assert isinstance(response, StreamingHttpResponse)
        after_each = [current_id() async for _ in response]
        return [*after_each, current_id()]

    seen = await asyncio.create_task(read())

    assert seen == [None] * len(seen), (
        f"GET /ticker/ with X-Request-ID 'reader-17', which sent {len(seen) - 1} lines: in the "
        f"task that read it, current_id() after each line and at the end is {seen}; expected None "
        "each time. (task 6)"
    )
