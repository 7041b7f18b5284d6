"""Looks every millisecond whether a call has failed."""

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
        while not all(task.done() for task in tasks):
            if any(task.done() and task.exception() for task in tasks):
                break
            await asyncio.sleep(0.001)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    raised = [task.exception() for task in tasks if not task.cancelled()]
    errors = [error for error in raised if error is not None]
    for error in errors:
        if not isinstance(error, OfficeError):
            raise error
    if errors:
        return JsonResponse({"errors": [str(error) for error in errors]}, status=502)
    return page(districts, [task.result() for task in tasks])
