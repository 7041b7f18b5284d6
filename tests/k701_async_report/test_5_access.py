"""Duration and access log: one of each for every request."""

import asyncio
from collections.abc import Hashable

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from dojo.instruments.clock import Clock
from dojo.instruments.service import Service
from tests.k701_async_report.conftest import AccessLog
from tests.k701_async_report.site import ACCESS, IDS, Site, check_declared

#: Seconds, by what a page answers.
TAKES = {"200": 0.137, "404": 0.059, "403": 0.211, "500": 0.083, "503": 0.307}


@pytest.fixture
def pages(site: Site, service: Service) -> Site:
    """Serve a page that takes its time, and answers what `?status=` says."""
    takes: dict[Hashable, float] = dict(TAKES.items())
    service.takes(takes)

    async def page(request: HttpRequest) -> HttpResponse:
        status = request.GET["status"]
        await service.fetch(status)
        match status:
            case "404":
                raise Http404
            case "403":
                raise PermissionDenied
            case "500":
                raise ZeroDivisionError
        return HttpResponse(status=int(status))

    site.serve(page, middleware=[IDS, ACCESS])
    return site


def url(status: str) -> str:
    """Return where the page is that answers so."""
    return f"/page/?status={status}"


def ms(status: str) -> str:
    """Return how long that page takes, as it is written."""
    return f"{TAKES[status] * 1000:.2f}"


@pytest.mark.task(5)
def test_the_access_log_is_declared() -> None:
    """Django is told that the middleware can do async, and nothing that is not true."""
    check_declared(ACCESS, task=5)


@pytest.mark.task(5)
@pytest.mark.parametrize("status", TAKES)
async def test_the_duration(pages: Site, status: str) -> None:
    """The response has its duration in the header, be it a page or an error page."""
    answer = await pages.ask(url(status), brings="reader-17")

    seen = answer.check(int(status), task=5).headers.get("x-duration-ms")
    assert seen == ms(status), (
        f"{answer.call}, which takes {TAKES[status]} s, answered {status} with X-Duration-Ms "
        f"{seen!r}; expected {ms(status)!r}. (task 5)"
    )


@pytest.mark.task(5)
async def test_a_clock_that_is_set(pages: Site, clock: Clock) -> None:
    """Somebody sets the machine's clock back meanwhile: the duration is what it is."""
    asking = asyncio.create_task(pages.ask(url("200"), brings="reader-17"))
    await asyncio.sleep(TAKES["200"] / 2)
    clock.set_wall_clock(-3600)
    answer = await asking

    seen = answer.check(200, task=5).headers.get("x-duration-ms")
    assert seen == ms("200"), (
        f"{answer.call}, which takes {TAKES['200']} s, and meanwhile the machine's clock was set "
        f"back by an hour: X-Duration-Ms {seen!r}; expected {ms('200')!r}. (task 5)"
    )


@pytest.mark.task(5)
@pytest.mark.parametrize("status", TAKES)
async def test_one_line(pages: Site, log: AccessLog, status: str) -> None:
    """The request leaves one line, of level INFO: id, method, path, status and duration."""
    answer = await pages.ask(url(status), brings="reader-17")

    answer.check(int(status), task=5)
    seen = [f"{record.levelname} {record.getMessage()}" for record in log.records]
    expected = [f"INFO reader-17 GET /page/ {status} {ms(status)} ms"]
    assert seen == expected, (
        f"{answer.call}: newsroom.access has {seen}; expected {expected}. (task 5)"
    )


@pytest.mark.task(5)
async def test_line_and_header_agree(pages: Site, log: AccessLog) -> None:
    """Writing the line takes its time, too: the duration in header and line is the same."""
    log.takes_s = 0.019

    answer = await pages.ask(url("200"), brings="reader-17")

    duration = answer.check(200, task=5).headers.get("x-duration-ms")
    expected = [f"reader-17 GET /page/ 200 {duration} ms"]
    assert log.lines == expected, (
        f"{answer.call}, where writing a line takes {log.takes_s} s: X-Duration-Ms {duration!r}, "
        f"and newsroom.access has {log.lines}; expected {expected}. (task 5)"
    )


@pytest.mark.task(5)
@pytest.mark.parametrize("brings", [None, "reader 17\x1b[2J"], ids=["nothing", "no id"])
async def test_the_id_in_the_line_is_the_one_sent(
    pages: Site, log: AccessLog, brings: str | None
) -> None:
    """A request without a well-formed id of its own has the same new one in line and header."""
    answer = await pages.ask(url("200"), brings=brings)

    expected = [f"{answer.headers.get('x-request-id')} GET /page/ 200 {ms('200')} ms"]
    assert log.lines == expected, (
        f"{answer.call}: newsroom.access has {log.lines}; expected {expected}, with the id of the "
        "header. (task 5)"
    )


@pytest.mark.task(5)
async def test_requests_at_once(pages: Site, log: AccessLog) -> None:
    """Requests that overlap have durations and lines of their own."""

    async def ask(number: int, status: str) -> str | None:
        await asyncio.sleep(0.013 * number)
        answer = await pages.ask(url(status), brings=f"reader-{status}")
        return answer.headers.get("x-duration-ms")

    durations = await asyncio.gather(*(ask(*each) for each in enumerate(TAKES)))

    call = f"GET of {len(TAKES)} pages, 0.013 s after one another"
    expected = [ms(status) for status in TAKES]
    assert durations == expected, (
        f"{call}: X-Duration-Ms {durations}; expected {expected}. (task 5)"
    )
    lines = sorted(f"reader-{status} GET /page/ {status} {ms(status)} ms" for status in TAKES)
    assert sorted(log.lines) == lines, (
        f"{call}: newsroom.access has {sorted(log.lines)}; expected {lines}. (task 5)"
    )
