"""Looks once more when it has a place; an answer that it finds then keeps it."""

import asyncio
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse

from katas.k501_long_poll_disconnect.board import PATIENCE_S, Board, Full


async def results(request: HttpRequest, board: Board) -> HttpResponse:
    after = int(request.GET["after"])
    newest = await board.newest()
    if newest.number > after:
        return JsonResponse(asdict(newest))
    try:
        waiter = board.join()
    except Full:
        return HttpResponse(status=503)
    try:
        newest = await board.newest()
    except BaseException:
        board.leave(waiter)
        raise
    if newest.number > after:
        return JsonResponse(asdict(newest))
    try:
        result = await asyncio.wait_for(waiter.news(), PATIENCE_S)
    except TimeoutError:
        return HttpResponse(status=204)
    finally:
        board.leave(waiter)
    return JsonResponse(asdict(result))
