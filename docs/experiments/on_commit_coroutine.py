"""Does `transaction.on_commit` await an async callback?"""

import asyncio
import gc
import warnings

import lab
from asgiref.sync import async_to_sync, sync_to_async
from django.db import transaction

lab.start()
told = []


async def tell():
    """Tell the agency."""
    told.append("told")


@transaction.atomic
def publish(callback):
    """Register the callback in a transaction."""
    transaction.on_commit(callback)


async def main():
    """Commit twice."""
    for name, callback in (("tell", tell), ("async_to_sync(tell)", async_to_sync(tell))):
        told.clear()
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always", RuntimeWarning)
            await sync_to_async(publish)(callback)
            gc.collect()
        print(
            f"on_commit({name}): {told or 'not told'}", *(one.message for one in warned), sep="\n  "
        )


asyncio.run(main())
