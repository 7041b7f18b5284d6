"""Does a view end when the server cancels the application, as some do when they shut down?"""

import asyncio

import lab
from django.http import HttpResponse
from django.urls import path


async def view(request):
    """Wait until told, or cancelled."""
    global seen
    inside.set()
    try:
        await go_on.wait()
        seen = "goes on"
    except asyncio.CancelledError:
        seen = "is cancelled"
        raise
    finally:
        ended.set()
    return HttpResponse()


async def main():
    """Cancel the application's task."""
    global inside, go_on, ended
    inside, go_on, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()
    request = lab.Request()
    await inside.wait()
    request.task.cancel()
    await asyncio.wait([request.task])
    go_on.set()
    await ended.wait()
    print("the view", seen)


urlpatterns = [path("", view)]
lab.start(MIDDLEWARE=[])
asyncio.run(main())
