# Wrong on purpose, and not typed.
# mypy: ignore-errors
# ruff: noqa
"""The ledgers: queries, hops, connections, adaptations, failing writes."""

import asyncio
import threading

import pytest
from asgiref.sync import sync_to_async
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.urls import path
from django.utils.decorators import async_only_middleware, sync_only_middleware

from dojo.instruments.gates import WriteFailed
from tests.dojo.instruments.site.models import Account

database = pytest.mark.django_db(transaction=True)


@database
async def test_queries(queries):
    await Account.objects.acreate()
    async for _ in Account.objects.all():
        pass
    assert len(queries) == 2
    assert not queries.on_loop
    assert len(queries.threads) == 1
    assert threading.get_ident() not in queries.threads
    assert queries[0].sql.startswith("INSERT")
    assert queries[0].spot.source == "await Account.objects.acreate()"


@database
async def test_queries_matching(queries):
    await Account.objects.acreate()
    with queries.during() as later:
        await Account.objects.filter(balance__gt=1).acount()
    assert len(queries.matching("select", "BALANCE")) == 1
    assert len(later) == 1


@database
async def test_queries_in_a_transaction(queries):
    @transaction.atomic
    def write():
        Account.objects.create()
        with transaction.atomic():
            Account.objects.create()

    await sync_to_async(write)()
    assert len(queries) == 2
    assert all(query.in_atomic for query in queries)


@database
async def test_too_many_queries(queries):
    await Account.objects.acreate()
    await Account.objects.acount()
    assert len(queries) <= 1, queries.explain("GET /", expected="at most 1 query", task=3)


async def test_hops(hops):
    with hops.during() as baseline:
        await sync_to_async(int)()
    with hops.during() as mine:
        await asyncio.gather(*(sync_to_async(int)() for _ in range(3)))
        await sync_to_async(int, thread_sensitive=False)()
    assert mine.above(baseline) == 3
    assert [hop.thread_sensitive for hop in mine] == [True, True, True, False]
    assert mine[0].call == "int"


@database
@pytest.mark.database("file")
async def test_gathered(hops, queries, connections_opened):
    await asyncio.gather(Account.objects.acount(), Account.objects.acount())
    spots = {entry.spot.source for entry in (*hops, *queries, *connections_opened)}
    assert spots == {"await asyncio.gather(Account.objects.acount(), Account.objects.acount())"}


async def test_too_many_hops(hops):
    await sync_to_async(int)()
    assert len(hops) == 0, hops.explain("call", expected="no hop")


@database
@pytest.mark.database("file")
async def test_connections_are_closed_after_requests(asgi_client, connections_opened, settings):
    settings.ROOT_URLCONF = __name__
    await asyncio.gather(*(asgi_client.get("/count/") for _ in range(4)))
    assert len(connections_opened) == 4
    assert len({opened.thread_id for opened in connections_opened}) >= 1
    assert not connections_opened.open


@database
@pytest.mark.database("file")
async def test_connections_that_are_kept(asgi_client, connections_opened, settings):
    settings.ROOT_URLCONF = __name__
    settings.DATABASES["default"]["CONN_MAX_AGE"] = 60
    await asgi_client.get("/count/")
    assert not connections_opened.open, connections_opened.open.explain("x", expected="none")


@database
async def test_failing_write(fail_nth_write):
    def write():
        with transaction.atomic():
            Account.objects.create()
            Account.objects.create()

    with fail_nth_write(2, Account) as failing, pytest.raises(WriteFailed, match="write 2 was"):
        await sync_to_async(write)()
    assert failing.failed
    assert await Account.objects.acount() == 0


@database
async def test_failing_write_with_another_error(fail_nth_write):
    failing = fail_nth_write(1, Account, error=IntegrityError)
    with failing, pytest.raises(IntegrityError, match="write 1 was"):
        await Account.objects.acreate()


@database
async def test_failing_write_of_another_table(fail_nth_write):
    with fail_nth_write(1, "another") as failing:
        await Account.objects.acreate()
    assert not failing.failed


async def count(request):
    return HttpResponse(str(await Account.objects.acount()))


async def plain(request):
    return HttpResponse()


urlpatterns = [path("count/", count), path("plain/", plain)]


@sync_only_middleware
def sync_only(get_response):
    return get_response


@async_only_middleware
def async_only(get_response):
    return get_response


async def test_adaptations(adaptations, async_client, settings):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [f"{__name__}.sync_only"]
    await async_client.get("/plain/")
    assert [adaptation.middleware for adaptation in adaptations] == [f"{__name__}.sync_only"]
    assert adaptations[0].handler_is_async


async def test_no_adaptation(adaptations, async_client, settings):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [f"{__name__}.async_only"]
    await async_client.get("/plain/")
    assert not adaptations, adaptations.explain("GET /plain/", expected="none")


def test_adaptation_of_a_sync_handler(adaptations, client, settings):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [f"{__name__}.async_only"]
    client.get("/plain/")
    assert not adaptations[0].handler_is_async


@database
def test_closed_by_hand(connections_opened):
    connection.close()
    assert not connections_opened.open
