"""The election page: every district, or none."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from django.http import HttpRequest, HttpResponse, JsonResponse

from katas.k503_all_or_nothing.offices import OfficeError


class Counts(Protocol):
    """Whoever knows the votes; see `offices.py`."""

    async def count(self, district: str) -> int:
        """Return the votes of *district*; may raise OfficeError.

        Cancelled, it calls off the call before it ends, which takes a moment.
        """


async def count_all(offices: Counts, districts: Sequence[str]) -> list[int]:
    """Return the votes of each of *districts*, in their order.

    Raises:
        ExceptionGroup: At least one call has failed. The others have been called off.
    """
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(offices.count(district)) for district in districts]
    return [task.result() for task in tasks]


async def results(request: HttpRequest, offices: Counts) -> HttpResponse:
    """Answer with the votes of all districts that the query string names, or with none at all."""
    districts = request.GET.getlist("district")
    errors: list[str] = []
    try:
        votes = await count_all(offices, districts)
    except* OfficeError as group:
        # What is no OfficeError stays in the group, and comes out behind this block.
        errors = [str(error) for error in group.exceptions]
    if errors:
        return JsonResponse({"errors": errors}, status=502)
    rows = [{"district": name, "votes": n} for name, n in zip(districts, votes, strict=True)]
    return JsonResponse({"districts": rows, "total": sum(votes)})
