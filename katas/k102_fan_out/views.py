"""The front page: one story from every desk. Edit this file; the brief is in README.md."""

from collections.abc import Sequence
from typing import Protocol

from django.http import HttpRequest, HttpResponse


class Service(Protocol):
    """Something that answers a question after a while."""

    async def fetch(self, key: str) -> str:
        """Return the answer for *key*; may raise."""


async def fetch_all(service: Service, keys: Sequence[str]) -> list[str]:
    """Return what `service.fetch` answers for each of *keys*, in their order.

    TODO (tasks 1 to 3): have all calls in flight at once.
    """
    raise NotImplementedError("task 1: ask all at once")


async def front_page(request: HttpRequest, desks: Service) -> HttpResponse:
    """Answer with the top story of every desk that the query string names.

    TODO (task 4).
    """
    raise NotImplementedError("task 4: serve the front page")
