"""The reporter's desk, which publishes the commentary line by line. Given."""

from itertools import count

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from katas.k603_slow_consumer.commentary import Line
from katas.k603_slow_consumer.hub import Hub

numbers = count(1)


@require_POST
async def publish(request: HttpRequest, hub: Hub) -> JsonResponse:
    """Publish the line that was sent; async, because the hub belongs to the event loop."""
    text = request.POST["text"]  # before a number is taken for it: numbers have no gaps
    line = Line(next(numbers), text)
    hub.publish(line)
    return JsonResponse({"number": line.number, "readers": hub.readers})
