"""The results page's long poll, with `wait_for` and an ExitStack."""

import asyncio
from contextlib import ExitStack
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse

from katas.k501_long_poll_disconnect.board import PATIENCE_S, Board, Full


async def results(request: HttpRequest, board: Board) -> HttpResponse:
    after = int(request.GET["after"])
    with ExitStack() as stack:
        try:
            waiter = board.join()
        except Full as error:
            return JsonResponse({"error": str(error)}, status=503)
        stack.callback(board.leave, waiter)
        result = await board.newest()
        if result.number <= after:
            # From here on it counts; the reader has waited for 0.1 s already.
            try:
                result = await asyncio.wait_for(waiter.news(), PATIENCE_S)
            except TimeoutError:
                return HttpResponse(status=204)
        return JsonResponse(asdict(result))
