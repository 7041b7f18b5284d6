"""Something to audit: pages of the newsroom, of every make. Given."""

from collections.abc import Callable
from functools import partial, wraps

from asgiref.sync import async_to_sync, sync_to_async
from django.http import HttpRequest, HttpResponse
from django.views import View
from django.views.decorators.cache import never_cache

from katas.k304_stack_audit.servers import View as AsyncView


async def headlines(request: HttpRequest) -> HttpResponse:
    """Show what is new."""
    return HttpResponse("Headlines")


def archive(request: HttpRequest, year: int) -> HttpResponse:
    """Show what is old."""
    return HttpResponse(f"Archive of {year}")


def logged(view: AsyncView) -> Callable[..., HttpResponse]:
    """Decorate *view* as one did before there were async views."""

    @wraps(view)
    def wrapper(request: HttpRequest) -> HttpResponse:
        return async_to_sync(view)(request)  # type: ignore[return-value]

    return wrapper


this_year = partial(archive, year=2026)
weather = never_cache(headlines)
ticker = logged(headlines)
legacy = sync_to_async(archive)


class Desk(View):
    """What a desk is busy with."""

    async def get(self, request: HttpRequest, desk: str) -> HttpResponse:
        """Show it."""
        return HttpResponse(f"Stories of the {desk} desk")


class Letters(View):
    """A letter box."""

    async def post(self, request: HttpRequest, desk: str) -> HttpResponse:
        """Take a letter."""
        return HttpResponse(f"A letter to the {desk} desk", status=201)
