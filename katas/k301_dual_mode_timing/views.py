"""Two pages to try the middleware on: one async, one sync. Given."""

import time

from django.http import HttpRequest, HttpResponse, JsonResponse

from katas.newsroom.upstream import desks


async def live(request: HttpRequest) -> HttpResponse:
    """Answer with what the city desk says, which takes 0.2 s."""
    return JsonResponse({"story": await desks.fetch("city")})


def archive(request: HttpRequest) -> HttpResponse:
    """Answer after a search of 0.3 s."""
    time.sleep(0.3)
    return JsonResponse({"found": 0})
