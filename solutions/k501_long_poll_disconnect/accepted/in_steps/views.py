"""The results page's long poll, which looks at the time every second."""

import asyncio
import time
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse

from katas.k501_long_poll_disconnect.board import PATIENCE_S, Board, Full


async def results(request: HttpRequest, board: Board) -> HttpResponse:
    after, deadline = int(request.GET["after"]), time.monotonic() + PATIENCE_S
    try:
        waiter = board.join()
    except Full:
        return HttpResponse(status=503)
    try:
        newest = await board.newest()
        if newest.number > after:
            return JsonResponse(asdict(newest))
        while (left := deadline - time.monotonic()) > 0:
            try:
                news = await asyncio.wait_for(waiter.news(), min(1, left))
            except TimeoutError:
                continue
            return JsonResponse(asdict(news))
        return HttpResponse(status=204)
    finally:
        board.leave(waiter)
