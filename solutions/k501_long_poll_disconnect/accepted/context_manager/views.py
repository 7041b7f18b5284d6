"""The results page's long poll, with a context manager for the place."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse

from katas.k501_long_poll_disconnect.board import PATIENCE_S, Board, Full, Waiter


@contextmanager
def place(board: Board) -> Iterator[Waiter]:
    waiter = board.join()
    try:
        yield waiter
    finally:
        board.leave(waiter)


async def results(request: HttpRequest, board: Board) -> HttpResponse:
    after = int(request.GET["after"])
    try:
        with place(board) as waiter:
            async with asyncio.timeout(PATIENCE_S):
                newest = await board.newest()
                if newest.number <= after:
                    newest = await waiter.news()
    except Full:
        return HttpResponse("The board is full.", status=503)
    except TimeoutError:
        return HttpResponse(status=204)
    return JsonResponse(asdict(newest))
