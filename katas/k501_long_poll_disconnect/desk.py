"""The election desk, which publishes what has been counted. Given."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from katas.k501_long_poll_disconnect.board import Board, Result


@require_POST
async def publish(request: HttpRequest, board: Board) -> HttpResponse:
    """Publish the result that was sent; async, because the board belongs to the event loop."""
    board.publish(Result(int(request.POST["number"]), request.POST["text"]))
    return HttpResponse(status=204)
