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
    newest = await look(board, waiter)
    if newest.number > after:
        return JsonResponse(asdict(newest))
    try:
        result = await asyncio.wait_for(waiter.news(), PATIENCE_S)
    except TimeoutError:
        return HttpResponse(status=204)
    finally:
        board.leave(waiter)
    return JsonResponse(asdict(result))


async def look(board: Board, waiter: Waiter) -> Result:
    try:
        return await board.newest()
    except BaseException:
        board.leave(waiter)
        raise
