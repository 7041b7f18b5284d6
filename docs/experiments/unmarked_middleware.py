"""Is an async `__call__` enough for a class of middleware?"""

import asyncio

import lab
from asgiref.sync import markcoroutinefunction
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path


class Unmarked:
    """Refuse everybody."""

    sync_capable, async_capable = False, True

    def __init__(self, get_response):
        self.get_response = get_response

    async def __call__(self, request):
        """Refuse."""
        raise PermissionDenied


class Marked(Unmarked):
    """The same, and Django is told that an instance is a coroutine function."""

    def __init__(self, get_response):
        super().__init__(get_response)
        markcoroutinefunction(self)


async def view(request):
    """Answer."""
    return HttpResponse()


async def main():
    """Ask both."""
    for name in ("Unmarked", "Marked"):
        with override_settings(MIDDLEWARE=[f"__main__.{name}"]):
            request = lab.Request()
            try:
                await request.task
            except PermissionDenied:
                print(f"{name}: PermissionDenied reaches the server")
            else:
                print(f"{name}: {request.status}")


urlpatterns = [path("", view)]
lab.start()
asyncio.run(main())
