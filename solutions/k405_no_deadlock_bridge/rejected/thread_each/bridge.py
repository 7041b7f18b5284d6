"""A thread and a loop for each call."""

import asyncio
import threading
from concurrent.futures import Future

from asgiref.sync import sync_to_async

from katas.k405_no_deadlock_bridge.core import aload

NO_MORE = object()


def load(slug):
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        raise RuntimeError(f"load({slug!r}) blocks the event loop: await aload({slug!r})")
    done = Future()

    def work():
        try:
            done.set_result(asyncio.run(aload(slug)))
        except BaseException as error:
            done.set_exception(error)

    threading.Thread(target=work).start()
    return done.result()


async def each(items):
    iterator = await sync_to_async(iter)(items)
    try:
        while (item := await sync_to_async(next)(iterator, NO_MORE)) is not NO_MORE:
            yield item
    finally:
        if close := getattr(iterator, "close", None):
            await sync_to_async(close)()
