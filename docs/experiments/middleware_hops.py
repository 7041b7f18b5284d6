"""What does middleware that claims both modes cost in async mode?"""

import asyncio

import lab
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

BUNDLED = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


async def view(request):
    """Answer."""
    return HttpResponse()


def sync_only(get_response):
    """Do nothing, in sync mode alone."""
    return lambda request: get_response(request)


async def hops(middleware):
    """Count the calls through sync_to_async of one request."""
    with override_settings(MIDDLEWARE=middleware), lab.counted_hops() as counted:
        await lab.Request().task
        return counted()


async def main():
    """Ask with ever more middleware."""
    print("calls through sync_to_async, for one request of an async view:")
    print("  no middleware:", bare := await hops([]))
    print("  SecurityMiddleware: +", await hops(BUNDLED[:1]) - bare, sep="")
    print("  four bundled ones: +", await hops(BUNDLED) - bare, sep="")
    print(
        "  the four, and a sync one inside: +",
        await hops([*BUNDLED, "__main__.sync_only"]) - bare,
        sep="",
    )


urlpatterns = [path("", view)]
lab.start()
asyncio.run(main())
