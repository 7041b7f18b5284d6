"""Which values of DJANGO_ALLOW_ASYNC_UNSAFE switch the protection off?"""

import asyncio
import os

import lab
from django.core.exceptions import SynchronousOnlyOperation

Group = lab.start()


async def main():
    """Send a query from the event loop's thread."""
    for value in ("", "0", "false"):
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = value
        try:
            Group.objects.count()
        except SynchronousOnlyOperation as error:
            print(f"{value!r}: {type(error).__name__}")
        else:
            print(f"{value!r}: the query runs, and blocks the loop")


asyncio.run(main())
