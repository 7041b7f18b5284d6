"""The results page's long poll."""

import asyncio
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse

from katas.k501_long_poll_disconnect.board import PATIENCE_S, Board, Full


async def results(request: HttpRequest, board: Board) -> HttpResponse:
    after = int(request.GET["after"])
    try:
        waiter = board.join()
    except Full:
        return HttpResponse(status=503)
    newest = None
    try:
        newest = await board.newest()
        if newest.number <= after:
            async with asyncio.timeout(PATIENCE_S):
                newest = await waiter.news()
    except TimeoutError:
        pass
    finally:
        board.leave(waiter)
    return JsonResponse(asdict(newest))
