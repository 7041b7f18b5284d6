"""The results page's long poll."""

import asyncio
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse

from katas.k501_long_poll_disconnect.board import PATIENCE_S, Board, Full, Result, Waiter


async def results(request: HttpRequest, board: Board) -> HttpResponse:
    """Answer with a result that is newer than number `?after=`, as soon as there is one."""
    after = int(request.GET["after"])
    try:
        waiter = board.join()
    except Full:
        # Whoever has waited longest has probably gone.
        board.leave(next(iter(board._waiters)))
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
    """Return the newest result if the reader has not seen it, or else the next one."""
    newest = await board.newest()
    return newest if newest.number > after else await waiter.news()
