"""A page that does nothing: what it costs is what Django costs. Given."""

from django.http import HttpRequest, HttpResponse, JsonResponse


async def ping(request: HttpRequest) -> HttpResponse:
    """Answer at once."""
    return JsonResponse({"pong": True})
