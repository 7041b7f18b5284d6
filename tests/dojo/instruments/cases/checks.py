# Wrong on purpose, and not typed.
# mypy: ignore-errors
# ruff: noqa
"""What every test is checked for: one case a mistake, and as many that are right."""

import asyncio
import gc
import os
import sqlite3
import threading
import time

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.core.exceptions import SynchronousOnlyOperation
from django.db import connection, connections, transaction
from django.db.backends.sqlite3.base import DatabaseWrapper as SQLiteWrapper

from dojo.instruments.simulation import REAL, VirtualTime
from tests.dojo.instruments.site.models import Account

database = pytest.mark.django_db(transaction=True)


async def wait_for_ever():
    await asyncio.Event().wait()


async def linger():
    await asyncio.sleep(1)


# Tasks and coroutines


async def test_task_left():
    asyncio.create_task(linger())


def test_task_left_in_asyncio_run():
    async def main():
        asyncio.create_task(wait_for_ever())
        await asyncio.sleep(0)

    asyncio.run(main())


async def test_task_awaited():
    await asyncio.gather(linger(), linger())


async def test_task_cancelled():
    task = asyncio.create_task(linger())
    await asyncio.sleep(0)
    task.cancel()


async def test_task_about_to_end():
    asyncio.create_task(asyncio.sleep(0))


async def test_never_awaited_in_a_cycle():
    cycle = [linger()]
    cycle.append(cycle)


async def test_task_dropped():
    """A cycle of its own: nothing but the loop knows the task, and that holds it weakly."""

    async def wait_in_a_cycle():
        event = asyncio.Event()
        event.task = asyncio.current_task()
        await event.wait()

    asyncio.create_task(wait_in_a_cycle())
    await asyncio.sleep(0)
    gc.collect()


async def test_task_dropped_after_its_end():
    async def ends():
        asyncio.current_task().get_loop().last = None

    asyncio.create_task(ends())
    await asyncio.sleep(0)
    gc.collect()


@database
async def test_task_left_with_a_query():
    asyncio.create_task(Account.objects.acount())


async def test_never_awaited():
    linger()


def test_never_awaited_in_a_sync_test():
    linger()


async def test_leftovers_of_a_failure_are_notes():
    asyncio.create_task(linger())
    raise AssertionError("the reason")


# Queries


@database
async def test_query_on_loop(monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "0")
    assert Account.objects.count() == 0


@database
async def test_query_on_loop_swallowed():
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "false"
    try:
        Account.objects.count()
    finally:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = ""


@database
async def test_query_on_loop_fails_for_its_reason():
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    assert Account.objects.count() == 7


@database
async def test_variable_is_gone_again():
    with pytest.raises(SynchronousOnlyOperation):
        Account.objects.count()


def test_variable_left_set():
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@database
async def test_queries_elsewhere():
    await Account.objects.acreate()
    assert await sync_to_async(list)(Account.objects.all())
    async for _ in Account.objects.all():
        pass


@database
def test_queries_of_a_sync_test():
    with transaction.atomic():
        Account.objects.create()

    async def count():
        return await Account.objects.acount()

    assert async_to_sync(count)() == 1


# Connections


@database
async def test_connection_left():
    await asyncio.to_thread(Account.objects.count)


@database
async def test_connection_left_by_insensitive_work():
    await sync_to_async(Account.objects.count, thread_sensitive=False)()


@database
async def test_connection_closed():
    def count():
        try:
            return Account.objects.count()
        finally:
            connection.close()

    await asyncio.to_thread(count)


@database
async def test_connection_refused_before_it_is_ready(monkeypatch):
    opened = []

    def refuse(wrapper):
        opened.append(wrapper.connection)
        raise RuntimeError("not now")

    def count():
        with pytest.raises(RuntimeError, match="not now"):
            Account.objects.count()
        return connection.connection

    monkeypatch.setattr(SQLiteWrapper, "init_connection_state", refuse)
    assert await asyncio.to_thread(count) is None
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].execute("SELECT 1")


@database
async def test_connection_that_was_open_before():
    async def connect(wrapper):
        with pytest.raises(SynchronousOnlyOperation):
            wrapper.connect()

    def refused_on_a_loop():
        Account.objects.count()
        wrapper = connections["default"]
        before = wrapper.connection
        asyncio.run(connect(wrapper))
        return before is not None and wrapper.connection is before

    assert await sync_to_async(refused_on_a_loop)()


@database
async def test_connection_kept_by_django():
    assert await Account.objects.acount() == 0


@pytest.fixture
async def emptied(transactional_db):
    yield
    await Account.objects.all().adelete()


async def test_connection_needed_by_a_fixture(emptied, monkeypatch):
    def slowly(time, job):
        if threading.current_thread() is not threading.main_thread():
            REAL.sleep(0.1)
        leave(time, job)

    # The thread has told that it is done, and is not through with the job when the test ends.
    leave = VirtualTime.leave
    monkeypatch.setattr(VirtualTime, "leave", slowly)
    assert await Account.objects.acount() == 0


@pytest.mark.django_db
async def test_leaking_rows():
    await Account.objects.acreate()


async def test_leaking_rows_by_fixture(db):
    await Account.objects.acreate()


@pytest.mark.django_db
def test_rolled_back():
    Account.objects.create()


# Threads


used = []


async def test_thread_sensitive_thread():
    used.append(await sync_to_async(threading.current_thread)())


async def test_thread_sensitive_thread_is_fresh():
    thread = await sync_to_async(threading.current_thread)()
    assert thread is await sync_to_async(threading.current_thread)()
    assert thread not in used
    assert thread.name.startswith("thread-sensitive")


async def test_blocked_loop_swallowed():
    try:
        time.sleep(0.1)
    except Exception:
        pass


async def test_transactional_by_fixture(transactional_db):
    await Account.objects.acreate()


@pytest.mark.django_db(True)
async def test_transactional_by_position():
    await Account.objects.acreate()


@pytest.mark.django_db(reset_sequences=True)
async def test_reset_sequences():
    await Account.objects.acreate()
