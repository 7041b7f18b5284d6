"""Gone: clients that leave in the middle, the line that says so, and whoever comes next."""

import asyncio
import re
from contextlib import nullcontext

import httpx
import pytest

from dojo.instruments.rendezvous import settle
from tests.k701_async_report.archive import slow
from tests.k701_async_report.conftest import AccessLog
from tests.k701_async_report.newsdesks import NAMES, Office
from tests.k701_async_report.real import PATIENCE_S, SilentDesks, connection, served, soon
from tests.k701_async_report.site import PATH, REPORT, Left, Site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("file")]

CANCELLED = Left("CancelledError came out of it")
PAGER_TAKES_S = 5.0
ARCHIVE_TAKES_S = 0.613

#: When a client leaves, in seconds after its request, by what the view then waits for; and how long
#: what it waits for then takes to clean up. With a slow archive, the desks are asked first,
#: meanwhile, or afterwards: who has not asked them by then has nothing to clean up.
MOMENTS = {
    "all three desks": (0.0613, 0.053),
    "two desks": (0.1007, 0.031),
    "the archive": (0.4007, 0),
    "the pager": (1.007, 0),
    "the archive, the desks, or both": (0.0613, 0.053),
}

at_any_moment = pytest.mark.parametrize("moment", MOMENTS)


async def leave(site: Site, office: Office, moment: str) -> tuple[str, list[object]]:
    """Ask for the report, and leave; return what that is called, and what was sent."""
    __tracebackhide__ = True
    call = f"GET {REPORT} by reader-17, who left while the view waited for {moment}"
    office.page_takes_s = PAGER_TAKES_S
    site.serve()
    archive = slow(ARCHIVE_TAKES_S) if "the archive" in moment else nullcontext()
    asgi = site.asgi("GET", REPORT, headers={"X-Request-ID": "reader-17"})
    with archive:
        async with asgi as conversation:
            await asyncio.sleep(MOMENTS[moment][0])
            assert not conversation.task.done(), (
                f"{call}: the request was over before; expected it to wait. (task 6)"
            )
            conversation.disconnect()
            await settle()
            await asyncio.sleep(1)
    office.page_takes_s = 0
    return call, list(conversation.sent)


@pytest.mark.task(6)
@at_any_moment
async def test_the_cancellation_travels_on(site: Site, office: Office, moment: str) -> None:
    """The client leaves: CancelledError comes out of the view, when the desks have cleaned up."""
    call, _ = await leave(site, office, moment)

    assert site.left == [CANCELLED], (
        f"{call}: {' and '.join(map(str, site.left)) or 'the view was not left'}; expected "
        f"{CANCELLED}. (task 6)"
    )


@pytest.mark.task(6)
@at_any_moment
async def test_nothing_is_sent(site: Site, office: Office, moment: str) -> None:
    """The client leaves: no response is sent."""
    call, sent = await leave(site, office, moment)

    assert sent == [], f"{call}: {sent} was sent; expected nothing. (task 6)"


@pytest.mark.task(6)
@pytest.mark.parametrize("moment", [moment for moment in MOMENTS if moment != "the pager"])
async def test_nobody_is_told(site: Site, office: Office, moment: str) -> None:
    """The client leaves before the report is ready: nobody is told of one."""
    call, _ = await leave(site, office, moment)

    seen = len(office.notes), len(office.pages)
    assert seen == (0, 0), f"{call}: told ledger and pager {seen} times; expected (0, 0). (task 6)"


@pytest.mark.task(6)
@at_any_moment
async def test_one_line_says_it(site: Site, office: Office, log: AccessLog, moment: str) -> None:
    """The client leaves: the access log has one line, with CancelledError for a status."""
    call, _ = await leave(site, office, moment)

    left_s, cleans_up_s = MOMENTS[moment]
    if "or both" in moment and not site.desks.cut_off:
        cleans_up_s = 0
    duration = (left_s + cleans_up_s) * 1000
    expected = [f"INFO reader-17 GET {PATH} CancelledError {duration:.2f} ms"]
    seen = [f"{record.levelname} {record.getMessage()}" for record in log.records]
    assert seen == expected, f"{call}: newsroom.access has {seen}; expected {expected}. (task 6)"


@pytest.mark.task(6)
@at_any_moment
async def test_the_next_client(site: Site, office: Office, log: AccessLog, moment: str) -> None:
    """The client leaves: the next one gets the report, its own id, and its own line."""
    call, _ = await leave(site, office, moment)
    log.records.clear()
    told_before = len(office.notes)

    answer = await site.ask(brings="reader-18")

    answer.check(200, task=6)
    expected = [f"reader-18 GET {PATH} 200 {answer.headers.get('x-duration-ms')} ms"]
    assert log.lines == expected, (
        f"{call}; then {answer.call}: newsroom.access has {log.lines}; expected {expected}. "
        "(task 6)"
    )
    noted = [request_id for request_id, _ in office.notes[told_before:]]
    assert noted == ["reader-18"], (
        f"{call}; then {answer.call}: noted in the ledger for {noted}; expected ['reader-18']. "
        "(task 6)"
    )


@pytest.mark.task(6)
@pytest.mark.realtime
def test_a_dropped_connection(silent_site: Site, log: AccessLog) -> None:
    """On a real uvicorn, a connection breaks: one line says so, and the next client is served."""
    silent_site.serve()
    desks = silent_site.desks
    assert isinstance(desks, SilentDesks)
    with served() as server:
        with connection(server, "reader-17"):
            for _ in NAMES:
                soon(desks.asked, otherwise="not all desks were asked at once. (task 1)")
        line = soon(
            log.coming,
            otherwise=f"no line in newsroom.access within {PATIENCE_S:g} s after reader-17 broke "
            "the connection; expected one. (task 6)",
        )
        left = list(silent_site.left)
        response = httpx.get(f"{server.url}{REPORT}", headers={"X-Request-ID": "reader-18"})

    call = f"GET {REPORT} of a real server by reader-17, whose connection broke"
    assert left == [CANCELLED], (
        f"{call}: {' and '.join(map(str, left)) or 'the view was not left'}; expected {CANCELLED}. "
        "(task 6)"
    )
    pattern = rf"reader-17 GET {PATH} CancelledError \d+\.\d\d ms"
    assert re.fullmatch(pattern, line), (
        f"{call}: newsroom.access has {line!r}; expected {pattern!r}. (task 6)"
    )
    assert response.status_code == 200, (
        f"{call}: the next client was answered with {response.status_code}; expected 200. (task 6)"
    )
    assert len(log.lines) == 2, (
        f"{call}, and then another client: newsroom.access has {log.lines}; expected one line for "
        "each. (task 6)"
    )
