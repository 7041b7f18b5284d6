"""The results page's long poll."""

import asyncio
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse

from katas.k501_long_poll_disconnect.board import PATIENCE_S, Board, Full, Result


async def results(request: HttpRequest, board: Board) -> HttpResponse:
    after = int(request.GET["after"])
    try:
        waiter = board.join()
    except Full:
        return HttpResponse(status=503)
    found: asyncio.Future[Result] = asyncio.get_running_loop().create_future()

    async def look() -> None:
        newest = await board.newest()
        if newest.number > after and not found.done():
            found.set_result(newest)

    async def wait() -> None:
        news = await waiter.news()
        if not found.done():
            found.set_result(news)

    try:
        async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as group:
            tasks = [group.create_task(look()), group.create_task(wait())]
            result = await found
            for task in tasks:
                task.cancel()
    except TimeoutError:
        return HttpResponse(status=204)
    finally:
        board.leave(waiter)
    return JsonResponse(asdict(result))
