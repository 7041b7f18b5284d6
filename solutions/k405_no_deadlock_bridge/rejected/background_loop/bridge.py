"""One loop for the whole process, in a thread of its own."""

import asyncio
import threading

from asgiref.sync import sync_to_async

from katas.k405_no_deadlock_bridge.core import aload

NO_MORE = object()
LOOPS = []


def the_loop():
    if not LOOPS:
        LOOPS.append(asyncio.new_event_loop())
        threading.Thread(target=LOOPS[0].run_forever, daemon=True).start()
    return LOOPS[0]


def load(slug):
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        raise RuntimeError(f"load({slug!r}) blocks the event loop: await aload({slug!r})")
    return asyncio.run_coroutine_threadsafe(aload(slug), the_loop()).result()


async def each(items):
    iterator = await sync_to_async(iter)(items)
    try:
        while (item := await sync_to_async(next)(iterator, NO_MORE)) is not NO_MORE:
            yield item
    finally:
        if close := getattr(iterator, "close", None):
            await sync_to_async(close)()
