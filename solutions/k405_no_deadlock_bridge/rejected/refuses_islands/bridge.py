"""It asks whether a loop runs anywhere, and not whether it runs here."""

from asgiref.sync import SyncToAsync, async_to_sync, sync_to_async

from katas.k405_no_deadlock_bridge.core import aload

NO_MORE = object()


def load(slug):
    loop = getattr(SyncToAsync.threadlocal, "main_event_loop", None)
    if loop is not None and loop.is_running():
        raise RuntimeError(f"load({slug!r}) waits for a loop that waits: await aload({slug!r})")
    return async_to_sync(aload)(slug)


async def each(items):
    iterator = await sync_to_async(iter)(items)
    try:
        while (item := await sync_to_async(next)(iterator, NO_MORE)) is not NO_MORE:
            yield item
    finally:
        if close := getattr(iterator, "close", None):
            await sync_to_async(close)()
