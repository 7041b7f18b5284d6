"""Does the generator of a stream end when the client hangs up while the server is sending?"""

import asyncio
import gc

import lab
from django.http import StreamingHttpResponse
from django.urls import path

events = []


async def rows():
    """Make rows for ever."""
    try:
        while True:
            yield b"row\n"
    except asyncio.CancelledError:
        events.append("CancelledError")
        raise
    finally:
        events.append("finally")


async def view(request):
    """Stream."""
    return StreamingHttpResponse(rows())


class Stuck(lab.Request):
    """A client that reads nothing: the server's `send` waits."""

    async def send(self, message):
        """Wait for ever once the body begins."""
        await super().send(message)
        if message.get("body"):
            stuck.set()
            await asyncio.Event().wait()


async def main():
    """Hang up while the server waits to send."""
    global stuck
    stuck = asyncio.Event()
    gc.disable()
    request = Stuck()
    await stuck.wait()
    request.disconnect()
    await request.task
    print("when the request is over:", events or "nothing")
    del request
    gc.collect()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    print("when the garbage is collected:", events or "nothing")


urlpatterns = [path("", view)]
lab.start(MIDDLEWARE=[])
asyncio.run(main())
