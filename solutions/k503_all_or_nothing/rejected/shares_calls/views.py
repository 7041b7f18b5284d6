"""Who asks for a district that another request has asked for waits for the same call."""

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


under_way: dict[str, asyncio.Task[int]] = {}


async def results(request: HttpRequest, offices: Counts) -> HttpResponse:
    districts = request.GET.getlist("district")
    errors: list[str] = []

    async def count(district: str) -> int:
        if district not in under_way:
            task = asyncio.create_task(offices.count(district))
            task.add_done_callback(lambda _: under_way.pop(district))
            under_way[district] = task
        return await under_way[district]

    try:
        async with asyncio.TaskGroup() as calls:
            tasks = [calls.create_task(count(district)) for district in districts]
    except* OfficeError as group:
        errors = [str(error) for error in group.exceptions]
    if errors:
        return JsonResponse({"errors": errors}, status=502)
    return page(districts, [task.result() for task in tasks])
