"""Whose thread does `thread_sensitive=False` take, and who closes its connection?"""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import lab
from asgiref.sync import sync_to_async
from django.db.backends.signals import connection_created
from django.http import HttpResponse
from django.urls import path

POOL = 2
CALLS = 20
opened, threads = [], set()


def count():
    """Ask the database, and wait for a call on the other thread, so that both are used."""
    threads.add(threading.get_ident())
    both.wait()
    return Group.objects.count()


async def view(request):
    """Ask in threads that are not the request's."""
    await asyncio.gather(*(sync_to_async(count, thread_sensitive=False)() for _ in range(CALLS)))
    return HttpResponse()


async def main():
    """Ask once, with a small pool, so that its limit shows."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(POOL))
    await lab.Request().task
    still_open = sum(one.connection is not None for one in opened)
    print(f"{CALLS} calls, the loop's default pool has {POOL} threads: {len(threads)} threads used")
    print(f"after the request: {still_open} connections open")


both = threading.Barrier(POOL)
urlpatterns = [path("", view)]
Group = lab.start(MIDDLEWARE=[])

connection_created.connect(lambda connection, **_: opened.append(connection), weak=False)
asyncio.run(main())
