"""Is a coroutine function that `transaction.atomic` decorates in a transaction?"""

import asyncio
import warnings

import lab
from asgiref.sync import async_to_sync
from django.core.exceptions import SynchronousOnlyOperation
from django.db import transaction

Group = lab.start()


async def body():
    """Write a row, then fail."""
    await Group.objects.acreate(name="half done")
    raise RuntimeError


decorated = transaction.atomic(body)
print("decorated: is a coroutine function:", asyncio.iscoroutinefunction(decorated))
# asgiref warns that what it was given is not marked.
warnings.simplefilter("ignore")
try:
    async_to_sync(decorated)()
except (RuntimeError, SynchronousOnlyOperation) as error:
    print("async_to_sync(atomic(body)):", type(error).__name__)
print("in the database:", lab.names(Group.objects.all()))
