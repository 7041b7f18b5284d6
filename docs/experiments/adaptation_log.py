"""When does Django log that it adapts a middleware, and which?"""

import asyncio
import logging

import lab
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path


async def view(request):
    """Answer."""
    return HttpResponse()


def outer(get_response):
    """Do nothing, in sync mode alone."""
    return lambda request: get_response(request)


def inner(get_response):
    """Do nothing, in sync mode alone."""
    return lambda request: get_response(request)


class Lines(logging.Handler):
    """Print what is logged."""

    def emit(self, record):
        """Print one record."""
        print("  ", record.getMessage(), sep="")


async def main():
    """Ask with both settings of DEBUG."""
    for debug in (False, True):
        print(f"outer and inner are sync only, DEBUG = {debug}:")
        with override_settings(DEBUG=debug):
            await lab.Request().task
    print("bundled middleware, DEBUG = True:")
    bundled = ["django.middleware.security.SecurityMiddleware"]
    with override_settings(DEBUG=True, MIDDLEWARE=bundled):
        await lab.Request().task


urlpatterns = [path("", view)]
lab.start(MIDDLEWARE=["__main__.outer", "__main__.inner"])
logger = logging.getLogger("django.request")
logger.setLevel(logging.DEBUG)
logger.addHandler(Lines())
asyncio.run(main())
