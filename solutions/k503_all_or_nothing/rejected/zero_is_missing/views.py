"""A district with 0 votes counts as one that is missing."""

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
    votes = dict.fromkeys(districts, 0)
    errors: list[str] = []

    async def call(district: str) -> None:
        try:
            votes[district] = await offices.count(district)
        except OfficeError as error:
            errors.append(str(error))
            raise

    try:
        async with asyncio.TaskGroup() as calls:
            for district in votes:
                calls.create_task(call(district))
    except* OfficeError:
        pass  # noted already; whatever else is in the group comes out
    if errors or not all(votes.values()):
        return JsonResponse({"errors": errors}, status=502)
    return page(list(votes), list(votes.values()))
