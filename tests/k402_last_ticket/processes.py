"""The processes that serve the site, which share the database and nothing else.

Each has loaded the views for itself, so that a lock, a queue or a dictionary in one of them is not
there in the next, and has a thread and an event loop of its own, or shares those of the test.
"""

from __future__ import annotations

import asyncio
import functools
import importlib.util
import json
import sys
from contextvars import ContextVar
from types import CodeType, ModuleType

from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from dojo.instruments.asgi import Conversations
from tests.k402_last_ticket.answers import Answer, cause

VIEWS = "katas.k402_last_ticket.views"

# What Django made a 500 of, in the request under way.
_raised: ContextVar[list[BaseException]] = ContextVar("raised")


class Process(ASGIHandler):
    """One process of the site, with views of its own."""

    def __init__(self) -> None:
        super().__init__()
        self._urls = _urls(_load_views())

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with this process's views."""
        # Django takes patterns themselves as well, whatever the annotation says.
        request.urlconf = self._urls  # type: ignore[assignment]
        return await super().get_response_async(request)

    async def post(self, url: str, key: str | None = None) -> Answer:
        """Send a request, on the running loop, and wait for the answer."""
        return await send(self, "POST", url, key)

    async def post_elsewhere(self, url: str, key: str | None = None) -> Answer:
        """Send a request, on a new event loop in a new thread, and wait for the answer."""
        return await asyncio.to_thread(asyncio.run, self.post(url, key))


async def send(application: ASGIHandler, method: str, url: str, key: str | None = None) -> Answer:
    """Send a request, with this *key* or without a key, and wait for the answer."""
    raised: list[BaseException] = []
    _raised.set(raised)
    headers = {} if key is None else {"Idempotency-Key": key}
    async with Conversations(application)(method, url, headers=headers) as conversation:
        response = await conversation.response()
    ticket = None
    if response.headers.get("Content-Type") == "application/json":
        body = json.loads(response.body)
        ticket = body.get("ticket") if isinstance(body, dict) else None
    error = cause(raised[0]) if raised else ""
    return Answer(int(response.status), ticket, error)


def note_error(**kwargs: object) -> None:
    """Note what a view raised; a receiver of `got_request_exception`."""
    if error := sys.exc_info()[1]:
        _raised.get().append(error)


def _urls(views: ModuleType) -> tuple[URLPattern, ...]:
    # As in the kata's urls.py, which can't be had twice.
    return (
        path("events/<slug:slug>/tickets/", views.reserve),
        path("events/<slug:slug>/door/<int:people>/", views.count_in),
    )


def _load_views() -> ModuleType:
    spec = importlib.util.find_spec(VIEWS)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    exec(_code_of_views(), module.__dict__)
    return module


@functools.cache
def _code_of_views() -> CodeType:
    spec = importlib.util.find_spec(VIEWS)
    assert spec is not None
    loader = spec.loader
    assert isinstance(loader, importlib.machinery.SourceFileLoader)
    code = loader.get_code(VIEWS)
    assert code is not None
    return code
