"""The results page's long poll."""

import asyncio
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse

from katas.k501_long_poll_disconnect.board import PATIENCE_S, Board, Full, Result, Waiter


async def results(request: HttpRequest, board: Board) -> HttpResponse:
    after = int(request.GET["after"])
    try:
        waiter = board.join()
    except Full:
        return HttpResponse(status=503)
    try:
        async with asyncio.timeout(PATIENCE_S):
            result = await newer(board, waiter, after)
    except TimeoutError:
        return HttpResponse(status=204)
    finally:
        board.leave(waiter)
    return JsonResponse(asdict(result))


async def newer(board: Board, waiter: Waiter, after: int) -> Result:
    newest = board._newest
    if isinstance(newest, Exception):
        raise newest
    return newest if newest.number > after else await waiter.news()
