"""Gives the place back after the exceptions that somebody has thought of."""

import asyncio
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse

from katas.k501_long_poll_disconnect.board import PATIENCE_S, Board, Full, LineDown


async def results(request: HttpRequest, board: Board) -> HttpResponse:
    after = int(request.GET["after"])
    try:
        waiter = board.join()
    except Full:
        return HttpResponse(status=503)
    try:
        async with asyncio.timeout(PATIENCE_S):
            result = await board.newest()
            if result.number <= after:
                result = await waiter.news()
    except TimeoutError:
        board.leave(waiter)
        return HttpResponse(status=204)
    except (LineDown, asyncio.CancelledError):
        board.leave(waiter)
        raise
    board.leave(waiter)
    return JsonResponse(asdict(result))
