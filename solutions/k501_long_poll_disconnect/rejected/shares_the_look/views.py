"""Readers who come while another one looks wait for the same look."""

import asyncio
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse

from katas.k501_long_poll_disconnect.board import PATIENCE_S, Board, Full, Result

looks: dict[Board, asyncio.Task[Result]] = {}


async def look(board: Board) -> Result:
    if board not in looks:
        looks[board] = asyncio.create_task(board.newest())
        looks[board].add_done_callback(lambda _: looks.pop(board))
    return await looks[board]


async def results(request: HttpRequest, board: Board) -> HttpResponse:
    after = int(request.GET["after"])
    try:
        waiter = board.join()
    except Full:
        return HttpResponse(status=503)
    try:
        newest = await look(board)
        if newest.number > after:
            return JsonResponse(asdict(newest))
        result = await asyncio.wait_for(waiter.news(), PATIENCE_S)
    except TimeoutError:
        return HttpResponse(status=204)
    finally:
        board.leave(waiter)
    return JsonResponse(asdict(result))
