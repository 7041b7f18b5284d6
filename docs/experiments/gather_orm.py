"""Does `asyncio.gather` run queries side by side?"""

import asyncio
import threading

import lab
from django.db.backends.signals import connection_created
from django.http import HttpResponse
from django.urls import path

QUERIES = 4
running = most = 0
threads = set()


def slow():
    """Answer a query slowly: the database calls this."""
    global running, most
    running += 1
    most = max(most, running)
    threads.add(threading.get_ident())
    threading.Event().wait(0.01)
    running -= 1
    return 1


async def view(request):
    """Ask four questions at once."""
    slow_groups = Group.objects.extra(where=["slow()"])
    await asyncio.gather(*(slow_groups.acount() for _ in range(QUERIES)))
    return HttpResponse()


def teach(connection, **_):
    """Give a new connection the function."""
    connection.connection.create_function("slow", 0, slow)


async def main():
    """Ask once."""
    await Group.objects.acreate(name="one row")
    await lab.Request().task
    print(f"{QUERIES} queries in one gather: {len(threads)} thread, {most} query at a time")


urlpatterns = [path("", view)]
Group = lab.start(MIDDLEWARE=[])

connection_created.connect(teach)
asyncio.run(main())
