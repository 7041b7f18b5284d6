"""For whom does `request.user` work in an async view?"""

import asyncio

import lab
from django.core.exceptions import SynchronousOnlyOperation
from django.http import HttpResponse
from django.test import AsyncClient
from django.urls import path

lab.start(
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
)
from django.contrib.auth.models import User


async def by_attribute(request):
    """Name the reader, the sync way."""
    return HttpResponse(request.user.get_username() or "nobody")


async def by_method(request):
    """Name the reader, the async way."""
    return HttpResponse((await request.auser()).get_username() or "nobody")


async def main():
    """Ask as a visitor and as somebody who has signed in."""
    signed_in = AsyncClient()
    await signed_in.aforce_login(await User.objects.acreate(username="ada"))
    for page in ("user", "auser"):
        for who, client in (("a visitor", AsyncClient()), ("signed in", signed_in)):
            try:
                said = (await client.get(f"/{page}/")).text
            except SynchronousOnlyOperation as error:
                said = type(error).__name__
            print(f"{page}, {who}: {said}")


urlpatterns = [path("user/", by_attribute), path("auser/", by_method)]
asyncio.run(main())
