# Wrong on purpose, and not typed.
# mypy: ignore-errors
# ruff: noqa
"""Races through a read gate in which not everybody arrives."""

import asyncio

import pytest
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.db import connection

from tests.dojo.instruments.site.models import Account

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("file")]


async def read():
    async with ThreadSensitiveContext():
        try:
            await Account.objects.aexists()
            return await Account.objects.acount()
        finally:
            await sync_to_async(lambda: connection.close())()


async def read_once():
    async with ThreadSensitiveContext():
        try:
            return await Account.objects.acount()
        finally:
            await sync_to_async(lambda: connection.close())()


async def fail():
    raise LookupError("before it reads")


async def write():
    async with ThreadSensitiveContext():
        await Account.objects.acreate()
        await sync_to_async(lambda: connection.close())()


async def read_late():
    await asyncio.sleep(0.05)
    return await read()


async def test_opens_for_one(read_gate):
    assert await read_gate(Account).race(read()) == [0]


async def test_holds_nobody_who_does_not_go_on(read_gate):
    gate = read_gate(Account)
    assert await gate.race(read_once(), read_once()) == [0, 0]
    assert gate.held_together == 0


async def test_opens_when_the_other_fails(read_gate):
    gate = read_gate(Account)
    with pytest.raises(LookupError):
        await gate.race(read(), fail())
    assert gate.held_together == 1


async def test_opens_when_the_other_never_reads(read_gate):
    gate = read_gate(Account)
    counted, nothing = await gate.race(read(), write())
    assert counted in (0, 1)
    assert gate.held_together == 1


async def test_holds_nobody_on_a_shared_thread(read_gate):
    gate = read_gate(Account)
    assert await gate.race(Account.objects.acount(), Account.objects.acount()) == [0, 0]
    assert gate.held_together == 0


async def test_holds_threads_of_their_own(read_gate):
    def count():
        try:
            Account.objects.exists()
            return Account.objects.count()
        finally:
            connection.close()

    gate = read_gate("site_account")
    assert await gate.race(*(asyncio.to_thread(count) for _ in range(2))) == [0, 0]
    assert gate.held_together == 2


async def test_waits_for_one_that_sleeps_first(read_gate):
    gate = read_gate(Account)
    assert await gate.race(read(), read_late(), read()) == [0, 0, 0]
    assert gate.held_together == 3


async def test_raises_what_a_call_raised(read_gate):
    with pytest.raises(LookupError, match="before it reads"):
        await read_gate(Account).race(fail(), fail())


async def test_can_race_again(read_gate):
    gate = read_gate(Account)
    for _ in range(3):
        await gate.race(read(), read())
        assert gate.held_together == 2
