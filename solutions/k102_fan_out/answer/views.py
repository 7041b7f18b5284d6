"""The front page: one story from every desk."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from django.http import HttpRequest, HttpResponse, JsonResponse


class Service(Protocol):
    """Something that answers a question after a while."""

    async def fetch(self, key: str) -> str:
        """Return the answer for *key*; may raise."""


async def fetch_all(service: Service, keys: Sequence[str]) -> list[str]:
    """Return what `service.fetch` answers for each of *keys*, in their order."""
    return await asyncio.gather(*(service.fetch(key) for key in keys))


async def front_page(request: HttpRequest, desks: Service) -> HttpResponse:
    """Answer with the top story of every desk that the query string names."""
    keys = request.GET.getlist("desk")
    stories = await fetch_all(desks, keys)
    return JsonResponse(
        {
            "stories": [
                {"desk": key, "story": story} for key, story in zip(keys, stories, strict=True)
            ]
        }
    )
