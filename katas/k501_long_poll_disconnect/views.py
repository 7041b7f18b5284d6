"""The results page's long poll. Edit this file; the brief is in README.md."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse

from katas.k501_long_poll_disconnect.board import Board


async def results(request: HttpRequest, board: Board) -> HttpResponse:
    """Answer with a result that is newer than number `?after=`, as soon as there is one.

    TODO (task 1): now and then, a result is missed.
    TODO (task 2): a reader who waits too long, and one who finds no place.
    TODO (tasks 3 and 4): nobody gives a place back.
    """
    after = int(request.GET["after"])
    newest = await board.newest()
    if newest.number > after:
        return JsonResponse(asdict(newest))
    waiter = board.join()
    return JsonResponse(asdict(await waiter.news()))
