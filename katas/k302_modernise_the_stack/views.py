"""The pages: two async ones, one of them for subscribers, and a sync one. Given."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest, HttpResponse

from katas.k302_modernise_the_stack.desks import desks

View = TypeVar("View", bound=Callable[..., object])


class NewsRequest(HttpRequest):
    """A request with what the middleware notes on it."""

    edition: str
    paid: bool


def paid(view: View) -> View:
    """Mark *view* as a page for subscribers."""
    vars(view)["paid"] = True
    return view


async def story(request: NewsRequest, slug: str) -> HttpResponse:
    """Answer with the story called *slug*, and the edition that it is for."""
    return page(request, await desks.fetch(slug))


@paid
async def analysis(request: NewsRequest, slug: str) -> HttpResponse:
    """Answer with the analysis called *slug*, and the edition that it is for."""
    return page(request, await desks.fetch(slug))


def imprint(request: NewsRequest) -> HttpResponse:
    """Answer with who we are."""
    return page(request, "The newsroom")


def page(request: NewsRequest, text: str) -> HttpResponse:
    """Return a page with *text*; without middleware, a request is for no edition."""
    return HttpResponse(f"{text}; {getattr(request, 'edition', 'no')} edition")
