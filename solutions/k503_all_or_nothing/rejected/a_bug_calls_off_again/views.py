"""Of office errors only the first one calls off; a bug always does."""

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


class Counting:
    """All calls of one request."""

    def __init__(self, offices: Counts, districts: list[str]) -> None:
        self._offices = offices
        self._tasks = [asyncio.ensure_future(self._one(district)) for district in districts]
        self._called_off = False

    async def _one(self, district: str) -> int:
        try:
            return await self._offices.count(district)
        except OfficeError:
            if not self._called_off:
                self._call_off_others()
            raise
        except Exception:
            self._call_off_others()
            raise

    def _call_off_others(self) -> None:
        self._called_off = True
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()

    async def outcomes(self) -> list[int | BaseException]:
        # With `return_exceptions` it waits for all, also if it is cancelled, and then raises.
        return await asyncio.gather(*self._tasks, return_exceptions=True)


async def results(request: HttpRequest, offices: Counts) -> HttpResponse:
    districts = request.GET.getlist("district")
    votes, errors = [], []
    for outcome in await Counting(offices, districts).outcomes():
        if isinstance(outcome, int):
            votes.append(outcome)
        elif isinstance(outcome, OfficeError):
            errors.append(str(outcome))
        elif not isinstance(outcome, asyncio.CancelledError):
            raise outcome
    if errors:
        return JsonResponse({"errors": errors}, status=502)
    return page(districts, votes)
