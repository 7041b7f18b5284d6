"""What do a context variable and a `threading.local` hold, in a view, a thread and a stream?"""

import asyncio
import contextvars
import threading

import lab
from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse
from django.urls import path
from django.utils.decorators import async_only_middleware

variable = contextvars.ContextVar("variable", default="nothing")
local = threading.local()


@async_only_middleware
def remember(get_response):
    """Keep the path of a request in both; forget it afterwards, as one does."""

    async def middleware(request):
        token = variable.set(request.path)
        local.path = request.path
        try:
            return await get_response(request)
        finally:
            variable.reset(token)

    return middleware


async def view(request):
    """Look when the other request is here, too."""
    await both.wait()
    seen[request.path] = variable.get(), local.path
    threads = sync_to_async(lambda: (variable.get(), getattr(local, "path", "nothing")))
    seen[f"{request.path}, its thread"] = await threads()
    return StreamingHttpResponse(body(request.path))


async def body(name):
    """Look again while the response is sent."""
    seen[f"{name}, its stream"] = variable.get(), local.path
    yield b""


async def ask(name):
    """Ask and read the stream."""
    await lab.Request(name).task


async def main():
    """Send two requests at once."""
    global both, seen
    both, seen = asyncio.Barrier(2), {}
    first = lab.Request("/a/")
    while both.n_waiting < 1:
        await asyncio.sleep(0)
    await asyncio.gather(first.task, lab.Request("/b/").task)
    for name in sorted(seen):
        if name.startswith("/a/"):
            print("{}: ContextVar {}, threading.local {}".format(name, *seen[name]))


urlpatterns = [path("a/", view), path("b/", view)]
lab.start(MIDDLEWARE=["__main__.remember"])
asyncio.run(main())
