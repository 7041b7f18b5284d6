"""When does Django refuse a class-based view with sync and async handlers?"""

import asyncio

import lab
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import AsyncClient
from django.urls import path
from django.views import View


class Mixed(View):
    """A view with a handler of each kind."""

    def get(self, request):
        """Answer."""
        return HttpResponse()

    async def post(self, request):
        """Answer."""
        return HttpResponse()


class SyncOptions(View):
    """An async view with a sync `options`."""

    async def get(self, request):
        """Answer."""
        return HttpResponse()

    def options(self, request):
        """Answer."""
        return HttpResponse()


lab.start(MIDDLEWARE=[])
print("class statement: no error")
Mixed()
print("instance: no error")
try:
    Mixed.as_view()
except ImproperlyConfigured as error:
    print(f"as_view(): {lab.outcome(error)}")

urlpatterns = [path("", SyncOptions.as_view())]
print("as_view(), async get and sync options: no error")
try:
    asyncio.run(AsyncClient().options("/"))
except TypeError as error:
    print(f"OPTIONS of it: {type(error).__name__}")
