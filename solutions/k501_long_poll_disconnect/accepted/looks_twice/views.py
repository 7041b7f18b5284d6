"""The results page's long poll as a class; takes a place only where one has to wait."""

import asyncio
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import View

from katas.k501_long_poll_disconnect.board import PATIENCE_S, Board, Full


class Results(View):
    async def get(self, request: HttpRequest, board: Board) -> HttpResponse:
        after = int(request.GET["after"])
        result = await board.newest()
        if result.number > after:
            return JsonResponse(asdict(result))
        try:
            waiter = board.join()
        except Full:
            return HttpResponse(status=503)
        try:
            # Once more: something may have been published since the first look.
            result = await board.newest()
            if result.number <= after:
                async with asyncio.timeout(PATIENCE_S):
                    result = await waiter.news()
        except TimeoutError:
            return HttpResponse(status=204)
        finally:
            board.leave(waiter)
        return JsonResponse(asdict(result))


results = Results.as_view()
