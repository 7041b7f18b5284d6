"""The results page's long poll."""

import asyncio
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse

from katas.k501_long_poll_disconnect.board import PATIENCE_S, Board, Result, Waiter


async def results(request: HttpRequest, board: Board) -> HttpResponse:
    after = int(request.GET["after"])
    if board.taken >= board._places:
        return HttpResponse(status=503)
    result = await board.newest()
    if result.number > after:
        return JsonResponse(asdict(result))
    waiter = board.join()
    try:
        async with asyncio.timeout(PATIENCE_S):
            result = await newer(board, waiter, after)
    except TimeoutError:
        return HttpResponse(status=204)
    finally:
        board.leave(waiter)
    return JsonResponse(asdict(result))


async def newer(board: Board, waiter: Waiter, after: int) -> Result:
    newest = await board.newest()
    return newest if newest.number > after else await waiter.news()
