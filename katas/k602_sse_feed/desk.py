"""The storm desk, which writes the blog. Given."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from katas.k602_sse_feed.hub import Hub


@require_POST
async def publish(request: HttpRequest, hub: Hub) -> HttpResponse:
    """Publish the text that was sent; async, because the hub belongs to the event loop."""
    hub.publish(request.POST["text"].replace("\r\n", "\n"))
    return HttpResponse(status=204)
