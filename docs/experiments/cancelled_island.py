"""Does cancelling a task end the sync function that it awaits?"""

import asyncio
import threading

import lab
from asgiref.sync import sync_to_async
from django.db import transaction

Group = lab.start()

begun, go_on = threading.Event(), threading.Event()


@transaction.atomic
def island():
    """Write in a transaction, slowly."""
    Group.objects.create(name="paid")
    begun.set()
    go_on.wait()


async def main():
    """Cancel while the island is at work."""
    task = asyncio.create_task(sync_to_async(island)())
    while not begun.is_set():
        await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("the task: CancelledError, while the thread is still in the transaction")
    go_on.set()
    # The next call waits for the thread.
    print("in the database:", await sync_to_async(lab.names)(Group.objects.all()))


asyncio.run(main())
