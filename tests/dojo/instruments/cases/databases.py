# Wrong on purpose, and not typed.
# mypy: ignore-errors
# ruff: noqa
"""Tests that need different databases, in one session."""

import asyncio
import os
import pathlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections
from django.test import RequestFactory, TestCase

from tests.dojo.instruments.site.models import Account

database = pytest.mark.django_db(transaction=True)
seen = []


def pragma(name):
    with connection.cursor() as cursor:
        return cursor.execute(f"PRAGMA {name}").fetchone()[0]


class TestMemory:
    @database
    async def test_memory(self, database_kind):
        await Account.objects.acreate()
        assert await Account.objects.acount() == 1
        assert database_kind == "memory"

    @database
    def test_memory_is_in_memory(self):
        assert connection.is_in_memory_db()


POOL = ThreadPoolExecutor(1)


def count_in_a_thread_of_its_own():
    try:
        return Account.objects.count()
    finally:
        connections.close_all()


@pytest.mark.database("file")
class TestThreadThatOutlivesATest:
    @database
    @pytest.mark.parametrize("again", [False, True])
    async def test_pool_of_the_module(self, again):
        await Account.objects.acreate()
        loop = asyncio.get_running_loop()
        assert await loop.run_in_executor(POOL, count_in_a_thread_of_its_own) == 1


class TestNoDatabase:
    def test_serves_a_request_without_database(self):
        """Django asks each open connection of the thread whether it is still good."""
        environ = RequestFactory()._base_environ(PATH_INFO="/nowhere/")
        response = WSGIHandler()(environ, lambda status, headers: None)
        assert response.status_code == 404
        response.close()

    def test_may_not_use_it(self):
        with pytest.raises(RuntimeError, match="Database access not allowed"):
            Account.objects.count()

    @database
    def test_memory_is_still_there(self):
        assert Account.objects.count() == 0


@pytest.mark.database("file")
class TestFile:
    @database
    async def test_file(self, database_kind):
        assert await Account.objects.acount() == 0
        await Account.objects.acreate()
        assert database_kind == "file"

    @database
    def test_file_is_fast(self):
        name = connection.settings_dict["NAME"]
        assert str(os.getpid()) in name
        seen.append(name)
        assert (pragma("synchronous"), pragma("journal_mode")) == (0, "memory")
        Account.objects.create()

    @database
    def test_file_is_a_fresh_one(self):
        assert connection.settings_dict["NAME"] not in seen
        assert not any(pathlib.Path(name).exists() for name in seen)
        assert Account.objects.count() == 0

    @pytest.mark.django_db
    def test_file_without_transaction(self):
        Account.objects.create()
        assert not connection.is_in_memory_db()

    async def test_file_without_database(self):
        with pytest.raises(RuntimeError, match="Database access not allowed"):
            await Account.objects.acount()

    @database
    async def test_twenty_writers(self, asgi_client):
        await Account.objects.acreate(pk=1)
        urls = ["/by_expression/"] * 20
        responses = await asyncio.gather(*map(asgi_client.get, urls))
        assert {response.status_code for response in responses} == {200}
        assert (await Account.objects.aget(pk=1)).balance == 20

    @database
    async def test_failure_on_file(self):
        await Account.objects.acreate()
        pytest.fail("and the next test has its memory back")


@database
async def test_memory_again(database_kind):
    assert await Account.objects.acount() == 0


@database
@pytest.mark.database("rowlock")
async def test_rowlock(database_kind):
    await Account.objects.acreate()
    assert connection.features.has_select_for_update
    assert database_kind == "rowlock"


@pytest.fixture
def reader(transactional_db):
    """A connection past Django that is in the middle of a read, as that of another request."""
    if connection.vendor != "sqlite":
        pytest.skip("is about files")
    reader = sqlite3.connect(connections.settings["default"]["NAME"], isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM site_account").fetchall()
    yield reader
    reader.close()


@database
@pytest.mark.database("rowlock")
async def test_rowlock_opens_beside_a_reader(reader, asgi_client):
    await Account.objects.acreate(pk=1)
    assert (await asgi_client.get("/locked/")).status_code == 200
    assert (await Account.objects.aget(pk=1)).balance == 1


@database
@pytest.mark.database("oracle")
def test_unknown():
    pass


class TestOfDjango(TestCase):
    def test_django_test_case(self):
        Account.objects.create()
        assert Account.objects.count() == 1

    async def test_django_async_test_case(self):
        await Account.objects.acreate()
        assert await Account.objects.acount() == 1


@database
async def test_last():
    assert await Account.objects.acount() == 0


@database
async def test_vendor(database_kind):
    expected = "postgresql" if database_kind == "postgres" else "sqlite"
    assert connection.vendor == expected
