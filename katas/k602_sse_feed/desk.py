"""The storm desk, which writes the blog. Given."""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.http import require_POST

from katas.k602_sse_feed.hub import Hub


@require_POST
async def publish(request: HttpRequest, hub: Hub) -> HttpResponse:
    """Publish the text that was sent; async, because the hub belongs to the event loop."""
    text = request.POST.get("text")
    if text is None:
        return HttpResponseBadRequest("text: missing\n", content_type="text/plain")
    # A browser sends "\r\n". A lone "\r" would end a line of an event stream, too.
    hub.publish(text.replace("\r\n", "\n").replace("\r", "\n"))
    return HttpResponse(status=204)
