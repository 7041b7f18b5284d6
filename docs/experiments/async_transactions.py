"""Which ways lead to a transaction in async code?"""

import asyncio

import lab
from asgiref.sync import async_to_sync, sync_to_async
from django.db import transaction

Group = lab.start()


async def body(name):
    """Write a row with the async ORM, then fail."""
    await Group.objects.acreate(name=name)
    raise RuntimeError


def sync_body(name):
    """Write a row, then fail."""
    Group.objects.create(name=name)
    raise RuntimeError


async def with_statement():
    """Try `with`."""
    with transaction.atomic():
        await body("with")


async def async_with_statement():
    """Try `async with`."""
    async with transaction.atomic():
        await body("async with")


async def query_by_query():
    """Send each query to the thread by itself."""
    await sync_to_async(Group.objects.create)(name="query by query")
    raise RuntimeError


async def island():
    """Send a sync function with the whole transaction."""
    await sync_to_async(transaction.atomic(sync_body))("sync island")


async def async_body_in_atomic():
    """Enter the transaction in the thread, and run an async body from there."""
    await sync_to_async(transaction.atomic(async_to_sync(body)))("async body")


async def main():
    """Try them all; each fails after its first write."""
    ways = (with_statement, async_with_statement, query_by_query, island, async_body_in_atomic)
    for way in ways:
        await Group.objects.all().adelete()
        try:
            await way()
        except Exception as error:
            left = await sync_to_async(lab.names)(Group.objects.all())
            print(f"{way.__name__}: {type(error).__name__}; in the database: {left}")


asyncio.run(main())
