"""Pages to audit, each with what it is, and URLconfs to put them into."""

import secrets
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from asgiref.sync import async_to_sync, markcoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views import View

from katas.k304_stack_audit.reports import Kind


@dataclass(frozen=True)
class Page:
    """One endpoint: what it is, in words, its view, and what Django takes that view for."""

    what: str
    view: Callable[..., Any]
    kind: Kind
    route: str = field(default_factory=lambda: f"{secrets.token_hex(4)}/")

    def pattern(self) -> URLPattern:
        """Return the entry of a URLconf for this page."""
        return path(self.route, self.view)


def misjudged(found: object, pages: Iterable[Page]) -> str:
    """Return which of *pages* the audit *found* judges wrongly; empty if none, and none besides."""
    if not isinstance(found, dict):
        return f"\n  returned {found!r}; expected a dict"
    expected = {page.route: page for page in pages}
    lines = [
        f"{route!r}, {page.what}: {found.get(route, 'missing')}; expected {page.kind}"
        for route, page in expected.items()
        if found.get(route) != page.kind
    ]
    lines += [
        f"{route!r}: {kind}; expected no such route"
        for route, kind in found.items()
        if route not in expected
    ]
    return "".join(f"\n  {line}" for line in lines)


def page(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Answer, in a thread."""
    return HttpResponse()


async def async_page(request: HttpRequest, **kwargs: object) -> HttpResponse:
    """Answer, on the loop."""
    return HttpResponse()


def returns_coroutine(request: HttpRequest) -> Coroutine[Any, Any, HttpResponse]:
    """Give Django a coroutine, which it does not expect of a plain function."""
    return async_page(request)


class Reads(View):
    """A sync view."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return HttpResponse()


class AsyncReads(View):
    """An async view."""

    async def get(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return HttpResponse()


class Takes(View):
    """A sync view without `get`."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return HttpResponse()


class AsyncTakes(View):
    """An async view without `get`."""

    async def post(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return HttpResponse()


class Widget:
    """An object that is a sync view."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return HttpResponse()


class AsyncWidget:
    """An object that wants to be an async view; nothing tells Django."""

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return HttpResponse()


class MarkedWidget(AsyncWidget):
    """An object that is an async view, and marked as such."""

    def __init__(self) -> None:
        markcoroutinefunction(self)


def sync_layer(view: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate an async *view* with a plain function."""

    @wraps(view)
    def wrapper(request: HttpRequest) -> Any:
        return async_to_sync(view)(request)

    return wrapper


def async_layer(view: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a sync *view* with an async function."""

    @wraps(view)
    async def wrapper(request: HttpRequest) -> Any:
        return view(request)

    return wrapper
