"""An office that has answered counts as one that failed: its error is None."""

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
        if tasks:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    if any(isinstance(outcome, BaseException) for outcome in outcomes):
        errors = [task.exception() for task in tasks if not task.cancelled()]
        for error in errors:
            if isinstance(error, Exception) and not isinstance(error, OfficeError):
                raise error
        return JsonResponse({"errors": [str(error) for error in errors]}, status=502)
    return page(districts, [task.result() for task in tasks])
