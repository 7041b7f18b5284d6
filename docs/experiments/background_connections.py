"""Who closes the connections of tasks that go on after the response?"""

import asyncio

import lab
from asgiref.sync import sync_to_async
from django.db import connections
from django.db.backends.signals import connection_created
from django.http import HttpResponse
from django.urls import path

TASKS = 3
opened = []


async def work(tidy):
    """Ask the database when the request is over."""
    await response_sent.wait()
    await Group.objects.acount()
    if tidy:
        await sync_to_async(connections.close_all)()


async def view(request, tidy):
    """Leave a task behind."""
    tasks.append(asyncio.create_task(work(tidy)))
    return HttpResponse()


async def main():
    """Leave three tasks behind, then three that tidy up."""
    global response_sent, tasks
    for page in ("untidy", "tidy"):
        response_sent, tasks = asyncio.Event(), []
        opened.clear()
        for _ in range(TASKS):
            await lab.Request(f"/{page}/").task
        response_sent.set()
        await asyncio.gather(*tasks)
        still_open = sum(one.connection is not None for one in opened)
        print(
            f"{page}: {TASKS} tasks opened {len(opened)} connections, {still_open} are still open"
        )


urlpatterns = [
    path("untidy/", view, {"tidy": False}),
    path("tidy/", view, {"tidy": True}),
]
Group = lab.start(MIDDLEWARE=[])

connection_created.connect(lambda connection, **_: opened.append(connection), weak=False)
asyncio.run(main())
