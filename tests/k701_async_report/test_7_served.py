"""All of it together, without a detour: on the ASGI handler, and by a real uvicorn."""

import asyncio
import re
import threading
from datetime import UTC, datetime

import httpx
import pytest
from django.http import HttpRequest, HttpResponse

from dojo.instruments.adaptations import Adaptations
from dojo.instruments.hops import Hops
from dojo.instruments.service import Service
from katas.k701_async_report.settings import MIDDLEWARE
from katas.newsroom.models import Article
from tests.k701_async_report.conftest import AccessLog
from tests.k701_async_report.newsdesks import NAMES, Office
from tests.k701_async_report.real import served
from tests.k701_async_report.site import PATH, REPORT, Site

READERS = ["reader-17", "reader-18"]
IN_ALL = len(READERS) * len(NAMES)


async def page(request: HttpRequest) -> HttpResponse:
    """Answer at once."""
    return HttpResponse()


@pytest.mark.task(7)
async def test_nothing_is_adapted(site: Site, adaptations: Adaptations) -> None:
    """Django adapts nothing for the middlewares."""
    site.serve(page)

    (await site.ask("/page/")).check(200, task=7)

    assert not adaptations, adaptations.explain(
        "GET /page/, an async page, with the middlewares of settings.py", expected="none", task=7
    )


@pytest.mark.task(7)
async def test_no_hop_to_a_thread(site: Site, hops: Hops, log: AccessLog) -> None:
    """A request hops to threads as often with your two middlewares as without them."""
    site.serve(page, middleware=MIDDLEWARE[2:])
    await site.ask("/page/")
    with hops.during() as without:
        await site.ask("/page/")
    site.serve(middleware=MIDDLEWARE)
    (await site.ask("/page/")).check(200, task=7)
    with hops.during() as mine:
        await site.ask("/page/")

    assert mine.above(without) == 0, mine.explain(
        "GET /page/, an async page, with your two middlewares",
        expected=f"{len(without)}, as without them",
        task=7,
    )
    # `hops` counts `sync_to_async` alone; any other way to a thread shows in the record.
    lines_by = [record.threadName for record in log.records]
    here = [threading.current_thread().name] * len(lines_by)
    assert lines_by == here, (
        "GET /page/, an async page, with your two middlewares: lines of newsroom.access came from "
        f"the threads {lines_by}; expected {here}, the event loop's. (task 7)"
    )


@pytest.mark.task(7)
@pytest.mark.realtime
@pytest.mark.django_db(transaction=True)
@pytest.mark.database("file")
async def test_on_a_real_server(
    site: Site, service: Service, office: Office, log: AccessLog, adaptations: Adaptations
) -> None:
    """By uvicorn, two clients at once get all of the report, each with its own id, and a line."""
    service.rendezvous(IN_ALL)
    log.takes_s = 0.001  # so that who measures twice sees two durations
    site.desks.ask_for_ids = True
    await Article.objects.acreate(
        slug="rain", status="published", published_at=datetime(2026, 3, 1, tzinfo=UTC)
    )
    site.serve()
    with served() as server:
        async with httpx.AsyncClient(base_url=server.url, timeout=10) as client:
            responses = await asyncio.gather(
                *(client.get(REPORT, headers={"X-Request-ID": reader}) for reader in READERS)
            )

    call = f"GET {REPORT} of a real server, by two clients at once"
    statuses = [response.status_code for response in responses]
    assert statuses == [200, 200], f"{call}: answered {statuses}; expected 200, 200. (task 7)"
    assert service.peak_in_flight == IN_ALL, service.explain(
        call, expected=f"{IN_ALL} in flight together", task=7
    )
    for reader, response in zip(READERS, responses, strict=True):
        report = response.json()
        told = report.pop("told")
        expected: dict[str, object] = {"stories": {name: service.answers[name] for name in NAMES}}
        expected |= {"published": 1, "newest": ["rain"]}
        assert report == expected, f"{call}: {reader} got {report}; expected {expected}. (task 7)"
        assert sorted(told) == ["note_in_ledger", "page_the_editor"], (
            f"{call}: told has {sorted(told)} for {reader}; expected ledger and pager. (task 7)"
        )
        own_id, duration = (
            response.headers.get(f"X-{name}") for name in ("Request-ID", "Duration-Ms")
        )
        line = f"{own_id} GET {PATH} 200 {duration} ms"
        assert own_id == reader, (
            f"{call}: {reader} got X-Request-ID {own_id!r}; expected {reader!r}. (task 7)"
        )
        assert re.fullmatch(r"\d+\.\d\d", str(duration)), (
            f"{call}: {reader} got X-Duration-Ms {duration!r}; expected milliseconds with two "
            "decimals. (task 7)"
        )
        assert log.lines.count(line) == 1, (
            f"{call}: newsroom.access has {log.lines}; expected {line!r}, as in the headers, once. "
            "(task 7)"
        )
    seen = {
        **{f"the {desk} desk": sorted(map(str, ids)) for desk, ids in site.desks.ids.items()},
        "the ledger": sorted(str(reader) for reader, _ in office.notes),
        "the pager": sorted(map(str, office.pages)),
    }
    assert seen == dict.fromkeys(seen, READERS), (
        f"{call}: current_id() as seen by {seen}; expected {READERS} everywhere. (task 7)"
    )
    assert not adaptations, adaptations.explain(call, expected="none", task=7)
