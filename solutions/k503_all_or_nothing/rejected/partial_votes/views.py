"""The 502 has the votes that are there."""

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
    votes: dict[str, int] = {}
    errors: list[str] = []

    async def count(district: str) -> None:
        votes[district] = await offices.count(district)

    try:
        async with asyncio.TaskGroup() as calls:
            for district in districts:
                calls.create_task(count(district))
    except* OfficeError as group:
        errors = [str(error) for error in group.exceptions]
    if errors:
        return JsonResponse({"errors": errors, "partial": votes}, status=502)
    return page(districts, [votes[district] for district in districts])
