"""If the first call to end has answered, the view waits for all the others."""

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
            done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if pending and not any(task.exception() for task in done):
                await asyncio.wait(pending)
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    for error in errors:
        if not isinstance(error, OfficeError):
            raise error
    if errors:
        return JsonResponse({"errors": [str(error) for error in errors]}, status=502)
    return page(districts, [task.result() for task in tasks])
