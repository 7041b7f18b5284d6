"""See each call end, in whichever order, and clean up in any case."""

import asyncio
from typing import Protocol

from django.http import HttpRequest, HttpResponse, JsonResponse

from katas.k503_all_or_nothing.offices import OfficeError


class Counts(Protocol):
    """Whoever knows the votes; see `offices.py`."""

    async def count(self, district: str) -> int:
        """Return the votes of *district*; may raise OfficeError."""


def page(districts: list[str], votes: list[int]) -> JsonResponse:
    """Return the complete page."""
    rows = [{"district": name, "votes": n} for name, n in zip(districts, votes, strict=True)]
    return JsonResponse({"districts": rows, "total": sum(votes)})


async def results(request: HttpRequest, offices: Counts) -> HttpResponse:
    districts = request.GET.getlist("district")
    tasks = [asyncio.create_task(offices.count(district)) for district in districts]
    try:
        for ended in asyncio.as_completed(tasks):
            await ended
    except Exception:
        await call_off(tasks)
        raised = [task.exception() for task in tasks if not task.cancelled()]
        errors = [error for error in raised if error is not None]
        if not all(isinstance(error, OfficeError) for error in errors):
            raise BaseExceptionGroup("some offices have failed", errors) from None
        return JsonResponse({"errors": [str(error) for error in errors]}, status=502)
    finally:
        await call_off(tasks)
    return page(districts, [task.result() for task in tasks])


async def call_off(tasks: list[asyncio.Task[int]]) -> None:
    unfinished = [task for task in tasks if not task.done()]
    for task in unfinished:
        task.cancel()
    if unfinished:
        await asyncio.wait(unfinished)
