"""The results page's long poll, with a task that is cancelled and awaited."""

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
    news = asyncio.create_task(waiter.news())
    try:
        newest = await board.newest()
        if newest.number > after:
            return JsonResponse(asdict(newest))
        done, _ = await asyncio.wait({news}, timeout=PATIENCE_S)
        return JsonResponse(asdict(news.result())) if done else HttpResponse(status=204)
    finally:
        board.leave(waiter)
        news.cancel()
        await asyncio.gather(news, return_exceptions=True)
