"""The check of all links."""

from collections.abc import AsyncIterator
from typing import Protocol

from django.http import HttpRequest, HttpResponse, JsonResponse

from katas.k504_bounded_fan_out.bounded import bounded_map
from katas.k504_bounded_fan_out.web import Unreachable

# The proxy lets each of our requests have so many connections.
AT_ONCE = 8


class Register(Protocol):
    """What knows the links of all articles."""

    def links(self) -> AsyncIterator[str]:
        """Yield the links, page by page, as they come out of the register."""


class Web(Protocol):
    """The sites that we link to."""

    async def probe(self, url: str) -> None:
        """Return when *url* answers; raises `web.Unreachable` if it does not."""


async def link_check(request: HttpRequest, register: Register, web: Web) -> HttpResponse:
    """Answer with the number of links, and with the dead ones among them."""
    results = await bounded_map(web.probe, register.links(), limit=AT_ONCE)
    errors = [result for result in results if isinstance(result, Exception)]
    for error in errors:
        # What is not about a link is a fault of ours, and no line in a report.
        if not isinstance(error, Unreachable):
            raise error
    return JsonResponse({"checked": len(results), "dead": [str(error) for error in errors]})
