# Wrong on purpose, and not typed.
# mypy: ignore-errors
# ruff: noqa
"""Solutions that never end, each followed by one that does: nothing may be poisoned."""

import asyncio
import threading
import time

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import transaction

from tests.dojo.instruments.site.models import Account

pytestmark = pytest.mark.realtime


async def wait():
    await asyncio.Event().wait()


async def swallow():
    while True:
        try:
            await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            pass


async def swallow_all():
    while True:
        try:
            await asyncio.sleep(0.01)
        except BaseException:
            pass


async def never_ending():
    try:
        yield 1
    finally:
        await asyncio.Event().wait()


@pytest.mark.timeout(0.4)
class TestHanging:
    async def test_await(self):
        await wait()

    async def test_task(self):
        await asyncio.create_task(wait())

    async def test_task_group(self):
        async with asyncio.TaskGroup() as group:
            group.create_task(wait())

    async def test_swallows_cancellation(self):
        await asyncio.create_task(swallow())

    async def test_swallows_everything(self):
        await asyncio.create_task(swallow_all())

    async def test_spin_in_a_task(self):
        async def spin():
            while True:
                await asyncio.sleep(0)

        await asyncio.create_task(spin())

    async def test_spin_without_await(self):
        while True:
            pass

    async def test_bare_except(self):
        while True:
            try:
                pass
            except:
                pass

    def test_bare_except_around_a_wait(self):
        while True:
            try:
                time.sleep(1)
            except:
                pass

    async def test_async_generator(self):
        async for _ in never_ending():
            break
        await wait()

    async def test_sync_island(self):
        await sync_to_async(threading.Event().wait)()

    async def test_insensitive_island(self):
        await sync_to_async(threading.Event().wait, thread_sensitive=False)()

    async def test_to_thread(self):
        await asyncio.to_thread(threading.Event().wait)

    # Its set-up makes the test database, within the same limit.
    @pytest.mark.timeout(2)
    @pytest.mark.django_db(transaction=True)
    async def test_island_with_an_open_transaction(self):
        def hang():
            with transaction.atomic():
                Account.objects.create(balance=1)
                threading.Event().wait()

        await sync_to_async(hang)()

    @pytest.mark.timeout(2)
    @pytest.mark.database("file")
    @pytest.mark.django_db(transaction=True)
    async def test_island_that_waits_for_a_lock(self):
        has_lock = threading.Event()

        def hang():
            with transaction.atomic():
                Account.objects.create(balance=1)
                has_lock.set()
                threading.Event().wait()

        def want_lock():
            has_lock.wait()
            Account.objects.create(balance=2)

        await asyncio.gather(asyncio.to_thread(hang), asyncio.to_thread(want_lock))

    def test_async_to_sync(self):
        async_to_sync(wait)()

    def test_asyncio_run(self):
        asyncio.run(wait())

    def test_asyncio_run_of_one_that_swallows(self):
        asyncio.run(swallow())

    def test_lock(self):
        lock = threading.Lock()
        with lock:
            lock.acquire()

    @pytest.fixture
    def hanging(self):
        threading.Event().wait()

    def test_in_setup(self, hanging):
        pass

    @pytest.fixture
    def hanging_teardown(self):
        yield
        threading.Event().wait()

    def test_in_teardown(self, hanging_teardown):
        pass

    async def test_left_running_although_cancelled(self):
        task = asyncio.create_task(swallow())
        await asyncio.sleep(0)
        task.cancel()


class TestAfterwards:
    @pytest.mark.django_db(transaction=True)
    async def test_orm(self):
        await Account.objects.acreate()
        assert await Account.objects.acount() == 1

    @pytest.mark.database("file")
    @pytest.mark.django_db(transaction=True)
    async def test_orm_on_file(self):
        await Account.objects.acreate()
        assert await Account.objects.acount() == 1

    async def test_loop(self):
        assert len(asyncio.all_tasks()) == 1
        assert await asyncio.to_thread(int) == 0

    def test_sync(self):
        assert async_to_sync(sync_to_async(int))() == 0
