"""The results page's long poll, which notes who has left."""

import asyncio
import logging
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse

from katas.k501_long_poll_disconnect.board import PATIENCE_S, Board, Full, Result, Waiter

logger = logging.getLogger(__name__)


async def results(request: HttpRequest, board: Board) -> HttpResponse:
    try:
        waiter = board.join()
    except Full:
        return HttpResponse(status=503)
    try:
        result = await asyncio.wait_for(newer(board, waiter, int(request.GET["after"])), PATIENCE_S)
    except asyncio.CancelledError:
        logger.info("the reader has gone")
        raise
    except TimeoutError:
        return HttpResponse(status=204)
    finally:
        board.leave(waiter)
    return JsonResponse(asdict(result))


async def newer(board: Board, waiter: Waiter, after: int) -> Result:
    newest = await board.newest()
    return newest if newest.number > after else await waiter.news()
