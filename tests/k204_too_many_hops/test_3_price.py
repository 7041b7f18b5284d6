"""The price: hops, queries, and where they run."""

import asyncio

import httpx
import pytest

from dojo.instruments.clock import Clock
from dojo.instruments.hops import Hops
from dojo.instruments.orm_guard import Queries
from tests.k204_too_many_hops.asking import (
    Publish,
    ask,
    explain,
    noting_the_requests_thread,
)
from tests.k204_too_many_hops.trips import QUERY_S, SlowDatabase

pytestmark = [
    pytest.mark.urls("katas.k204_too_many_hops.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
]

QUERIES_BEFORE = 6


@pytest.fixture
async def newsroom(publish: Publish) -> None:
    """Four articles by three authors, and one that nobody has signed."""
    for author in ("Ada", "Bob", "Cleo", "Ada", None):
        await publish(f"By {author}", author=author, tags=("city", "sport"))


@pytest.mark.task(2)
async def test_hops_once(
    newsroom: None,
    asgi_client: httpx.AsyncClient,
    hops: Hops,
    slow_database: SlowDatabase,
) -> None:
    """The page takes at most one hop to a thread more than a page that does nothing."""
    with hops.during() as bare:
        await ask(asgi_client, "/ping/")

    with slow_database.at_work(), hops.during() as taken:
        await ask(asgi_client, "/dashboard/")

    assert taken.above(bare) <= 1, explain(taken, bare, slow_database.draw())


@pytest.mark.task(2)
async def test_sends_no_more_queries_than_before(
    newsroom: None, asgi_client: httpx.AsyncClient, queries: Queries
) -> None:
    """The page sends at most six queries, as it did when each had a hop of its own."""
    with queries.during() as sent:
        await ask(asgi_client, "/dashboard/")

    assert len(sent) <= QUERIES_BEFORE, sent.explain(
        "GET /dashboard/", expected=f"at most {QUERIES_BEFORE}, as before"
    )


@pytest.mark.task(2)
async def test_queries_do_not_grow_with_the_authors(
    publish: Publish, asgi_client: httpx.AsyncClient, queries: Queries
) -> None:
    """Articles by three authors take as many queries as articles by one."""
    for author in ("Ada", None, None):
        await publish(f"By {author}", author=author)
    with queries.during() as sent_for_one:
        await ask(asgi_client, "/dashboard/")
    for author in ("Bob", "Cleo", "Dan"):
        await publish(f"By {author}", author=author)

    with queries.during() as sent_for_three:
        await ask(asgi_client, "/dashboard/")

    assert len(sent_for_three) == len(sent_for_one), sent_for_three.explain(
        "GET /dashboard/ with three authors among the latest",
        expected=f"as many as with one, which took {len(sent_for_one)}",
    )


@pytest.mark.task(3)
async def test_queries_stay_on_the_requests_thread(
    newsroom: None, asgi_client: httpx.AsyncClient, queries: Queries
) -> None:
    """All queries run on the thread that Django has given to the request."""
    with noting_the_requests_thread() as its_own, queries.during() as sent:
        await ask(asgi_client, "/dashboard/")

    strangers = Queries(query for query in sent if query.thread_id not in its_own)
    assert not strangers, strangers.explain(
        "GET /dashboard/, outside of the request's own thread", expected="none there"
    )


@pytest.mark.task(3)
async def test_other_readers_do_not_wait_for_the_database(
    newsroom: None,
    asgi_client: httpx.AsyncClient,
    slow_database: SlowDatabase,
    clock: Clock,
) -> None:
    """While the database works for one request, another one is answered at once."""
    with slow_database.at_work():
        dashboard = asyncio.create_task(ask(asgi_client, "/dashboard/"))
        await asyncio.sleep(QUERY_S / 2)
        asked = clock.now
        await ask(asgi_client, "/ping/")
        waited = round(clock.now - asked, 6)
        await dashboard

    assert waited == 0, (
        f"GET /ping/ during GET /dashboard/, of which each query takes {QUERY_S:g} s: answered "
        f"after {waited:g} s; expected at once."
    )


@pytest.mark.task(3)
async def test_readers_do_not_wait_for_one_another(
    newsroom: None, asgi_client: httpx.AsyncClient, slow_database: SlowDatabase, clock: Clock
) -> None:
    """Two dashboards that are asked for at once take no longer than one."""
    with slow_database.at_work():
        clock.restart()
        await ask(asgi_client, "/dashboard/")
        alone = round(clock.elapsed, 6)
        clock.restart()
        await asyncio.gather(*(ask(asgi_client, "/dashboard/") for _ in range(2)))
        together = round(clock.elapsed, 6)

    assert together <= alone, (
        f"GET /dashboard/ twice at once, of which each query takes {QUERY_S:g} s: both were "
        f"answered after {together:g} s; expected after {alone:g} s, which one takes."
    )
