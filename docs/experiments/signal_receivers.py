"""In which order does `Signal.asend` call receivers, and what if some of them fail?"""

import asyncio

import lab
from asgiref.sync import async_to_sync
from django.dispatch import Signal

lab.start()


async def order():
    """Let a sync receiver look whether an async one has been called meanwhile."""
    signal, called = Signal(), asyncio.Event()

    def sync_receiver(**_):
        for _ in range(10):  # the event loop has its turns
            async_to_sync(asyncio.sleep)(0)
        return called.is_set()

    async def async_receiver(**_):
        called.set()

    signal.connect(sync_receiver)
    signal.connect(async_receiver)
    answers = dict(await signal.asend(None))
    print("async receivers run beside the sync ones:", answers[sync_receiver])


async def failures():
    """Let two async receivers fail while a third one waits."""
    signal, go_on, ended = Signal(), asyncio.Event(), asyncio.Event()
    fate = ""

    async def waiting(**_):
        nonlocal fate
        try:
            await go_on.wait()
            fate = "ends as usual"
        except asyncio.CancelledError:
            fate = "is cancelled"
            raise
        finally:
            ended.set()

    async def failing(**_):
        raise ValueError

    async def failing_too(**_):
        raise ValueError

    for receiver in (waiting, failing, failing_too):
        signal.connect(receiver)
    try:
        await signal.asend(None)
    except (ValueError, ExceptionGroup) as error:
        print("two async receivers fail:", type(error).__name__)
    go_on.set()
    await ended.wait()
    print("a third one, which was waiting,", fate)


asyncio.run(order())
asyncio.run(failures())
