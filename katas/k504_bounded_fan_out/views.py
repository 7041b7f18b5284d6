"""The check of all links. Edit this file; the brief is in README.md."""

from collections.abc import AsyncIterator
from typing import Protocol

from django.http import HttpRequest, HttpResponse

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
    """Answer with the number of links, and with the dead ones among them.

    TODO (task 6).
    """
    raise NotImplementedError("task 6: check the links")
