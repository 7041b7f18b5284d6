"""What readers ask for: stories of the wire, and how many the archive has. Given."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from katas.k404_legacy_sdk_bridge.bridge import Busy, WireBridge
from katas.k404_legacy_sdk_bridge.wire import WireClient, WireError
from katas.newsroom.models import Article

# One for the whole process, made when the URLs are imported.
wire = WireBridge(WireClient, most=8)


async def story(request: HttpRequest, number: int) -> HttpResponse:
    """Answer with one story of the agency."""
    try:
        text = await wire.story(number)
    except Busy:
        headers = {"Retry-After": "1"}
        return JsonResponse({"error": "too many are asking"}, status=503, headers=headers)
    except WireError as error:
        return JsonResponse({"error": str(error)}, status=502)
    return JsonResponse({"number": number, "text": text})


async def archive(request: HttpRequest) -> HttpResponse:
    """Answer with the number of our own articles; the agency has no part in it."""
    return JsonResponse({"articles": await Article.objects.acount()})
