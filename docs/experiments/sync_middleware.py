"""Does one sync middleware make concurrent requests wait for each other?"""

import asyncio

import lab
from django.http import HttpResponse
from django.test import AsyncClient, override_settings
from django.urls import path

REQUESTS = 10
inside = most = 0


def sync_only(get_response):
    """Do nothing, in sync mode alone."""
    return lambda request: get_response(request)


async def view(request):
    """Note how many are in here, and wait for the others where that is possible."""
    global inside, most
    inside += 1
    most = max(most, inside)
    await (together.wait() if together else asyncio.sleep(0.01))
    inside -= 1
    return HttpResponse()


async def most_at_once(middleware, *, client=None, all_meet=True):
    """Send ten requests at once and return how many of them were in the view together."""
    global together, most
    together, most = asyncio.Barrier(REQUESTS) if all_meet else None, 0
    with override_settings(MIDDLEWARE=middleware):
        requests = (client.get("/") if client else lab.Request().task for _ in range(REQUESTS))
        await asyncio.gather(*requests)
    return most


async def main():
    """Ask as a server does, and as a test does."""
    stack = ["__main__.sync_only"]
    print("in the view at once, of", REQUESTS, "requests:")
    print("  ASGI application, no middleware:", await most_at_once([]))
    print("  ASGI application, a sync middleware:", await most_at_once(stack))
    print("  AsyncClient, no middleware:", await most_at_once([], client=AsyncClient()))
    alone = await most_at_once(stack, client=AsyncClient(), all_meet=False)
    print("  AsyncClient, a sync middleware:", alone)


urlpatterns = [path("", view)]
lab.start()
asyncio.run(main())
