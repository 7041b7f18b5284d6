"""Tasks awaited one by one; when one fails, the others are forgotten."""

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
        votes = [await task for task in tasks]
    except OfficeError as error:
        return JsonResponse({"errors": [str(error)]}, status=502)
    return page(districts, votes)
