"""How many threads do ten async requests hold that wait and have no middleware?"""

import asyncio
import threading

import lab
from django.core.signals import request_started
from django.db import close_old_connections, reset_queries
from django.http import HttpResponse
from django.urls import path

REQUESTS = 10


async def view(request):
    """Wait until all requests are here."""
    await together.wait()
    threads.update(threading.enumerate())
    await together.wait()
    return HttpResponse()


async def threads_held():
    """Count the threads that were not there before the requests."""
    global together, threads
    together, threads = asyncio.Barrier(REQUESTS), set()
    before = set(threading.enumerate())
    await asyncio.gather(*(lab.Request().task for _ in range(REQUESTS)))
    return len(threads - before)


async def main():
    """Ask twice."""
    print("requests in flight:", REQUESTS)
    print("threads for them:", await threads_held())
    request_started.disconnect(reset_queries)
    request_started.disconnect(close_old_connections)
    print("without Django's own receivers of request_started:", await threads_held())


urlpatterns = [path("", view)]
lab.start(MIDDLEWARE=[])
asyncio.run(main())
