"""A loop of one's own for sync code, by hand, and nobody closes it."""

import asyncio
import contextvars
import threading
from concurrent.futures import Future

from asgiref.current_thread_executor import CurrentThreadExecutor
from asgiref.sync import AsyncToSync, SyncToAsync, async_to_sync, sync_to_async

from katas.k405_no_deadlock_bridge.core import aload

NO_MORE = object()
LOOPS = []


def load(slug):
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        raise RuntimeError(f"load({slug!r}) blocks the event loop: await aload({slug!r})")
    outer = getattr(SyncToAsync.threadlocal, "main_event_loop", None)
    if outer is not None and outer.is_running():
        return async_to_sync(aload)(slug)

    loop = asyncio.new_event_loop()
    LOOPS.append(loop)
    # The queries come back to this thread, as they do with async_to_sync.
    executor = AsyncToSync.loop_thread_executors[loop] = CurrentThreadExecutor(None)
    context, done = contextvars.copy_context(), Future()

    def work():
        try:
            done.set_result(context.run(loop.run_until_complete, aload(slug)))
        except BaseException as error:
            done.set_exception(error)

    threading.Thread(target=work).start()
    executor.run_until_future(done)
    return done.result()


async def each(items):
    iterator = await sync_to_async(iter)(items)
    try:
        while (item := await sync_to_async(next)(iterator, NO_MORE)) is not NO_MORE:
            yield item
    finally:
        if close := getattr(iterator, "close", None):
            await sync_to_async(close)()
