"""What becomes of a sync iterator in a streaming response under ASGI, an async one under WSGI?"""

import asyncio
import warnings

import lab
from django.core.handlers.wsgi import WSGIHandler
from django.http import StreamingHttpResponse
from django.test import RequestFactory
from django.urls import path

made = []


def rows():
    """Make three rows."""
    for number in range(3):
        made.append(number)
        yield f"{number}\n"


async def async_rows():
    """Make three rows."""
    for row in rows():
        yield row


async def sync_iterator(request):
    """Stream a sync iterator."""
    return StreamingHttpResponse(rows())


async def async_iterator(request):
    """Stream an async one."""
    return StreamingHttpResponse(async_rows())


class Conversation(lab.Request):
    """A request that notes how many rows there were when the first one was sent."""

    first = None

    async def send(self, message):
        """Take a message."""
        if message.get("body") and self.first is None:
            self.first = len(made)
        await super().send(message)


async def under_asgi(name):
    """Ask the ASGI application."""
    made.clear()
    request = Conversation(f"/{name}/")
    await request.task
    return request.first


def under_wsgi(name):
    """Ask the WSGI application."""
    made.clear()
    environ = RequestFactory().get(f"/{name}/").environ
    response = WSGIHandler()(environ, lambda *_: None)
    next(iter(response))
    first = len(made)
    response.close()
    return first


urlpatterns = [path("sync/", sync_iterator), path("async/", async_iterator)]
lab.start(MIDDLEWARE=[])
with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always", Warning)
    print("rows made when the first of three is sent:")
    for name in ("sync", "async"):
        print(f"  {name} iterator, ASGI:", asyncio.run(under_asgi(name)))
        print(f"  {name} iterator, WSGI:", under_wsgi(name))
for one in warned:
    if one.category is Warning:
        print("warning:", str(one.message).partition(",")[0])
