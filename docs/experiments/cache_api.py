"""Is the async API of the local-memory cache atomic, and does it take coroutine functions?"""

import asyncio
import warnings

import lab
from django.core.cache import cache

CALLERS = 50

lab.start()
warnings.simplefilter("ignore", RuntimeWarning)  # the coroutine that nobody awaits


async def compute():
    """Compute a value."""
    return 1


async def main():
    """Count up from many tasks; then compute a value where there is none."""
    await cache.aset("n", 0)
    await asyncio.gather(*(cache.aincr("n") for _ in range(CALLERS)))
    print(f"{CALLERS} concurrent aincr: {await cache.aget('n')}")
    try:
        await cache.aget_or_set("key", compute)
    except TypeError as error:
        print(f"aget_or_set with an async function: {lab.outcome(error)}")


asyncio.run(main())
