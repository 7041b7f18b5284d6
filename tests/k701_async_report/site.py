"""The site that the tests ask, and how its view was left."""

import asyncio
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

from asgiref.sync import iscoroutinefunction
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import path
from django.utils.module_loading import import_string

from dojo.instruments import learner
from dojo.instruments.asgi import Conversations, DjangoApplication
from katas.k701_async_report import views
from katas.k701_async_report.settings import MIDDLEWARE
from tests.k701_async_report.newsdesks import QUERY, Newsdesks

if TYPE_CHECKING:
    from pytest_django import Settings

PATH = "/k701/async-report/"
REPORT = f"{PATH}?{QUERY}"

IDS, ACCESS = MIDDLEWARE[:2]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; names of headers in lower case.

    Attributes:
        because: What Django made an error page of, on a line of its own; empty if nothing.
    """

    call: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    because: str = ""

    def check(self, status: int, *, task: int) -> "Answer":
        """Fail if the status is another."""
        __tracebackhide__ = True
        assert self.status == status, (
            f"{self.call} answered {self.status}; expected {status}. (task {task}){self.because}"
        )
        return self

    def part(self, key: str, *, task: int) -> Any:
        """Return what the report says under *key*."""
        __tracebackhide__ = True
        report = json.loads(self.check(200, task=task).body)
        assert key in report, (
            f"{self.call} answered with {sorted(report)}; expected {key!r} among them. "
            f"(task {task})"
        )
        return report[key]


@dataclass(frozen=True, slots=True)
class Left:
    """How the view was left.

    Attributes:
        still_open: The desks whose calls had not ended by then.
        hit_again: Those whose calls had been cancelled again while they cleaned up.
    """

    how: str
    still_open: tuple[str, ...] = ()
    hit_again: tuple[str, ...] = ()

    def __str__(self) -> str:
        return (
            f"{self.how}; calls of desks still open: {sorted(self.still_open)}; cancelled again "
            f"while they cleaned up: {sorted(self.hit_again)}"
        )


class Site:
    """The report with desks of the test's own, and pages of its own below other URLs.

    Attributes:
        asgi: Conversations with the ASGI application.
        left: How the report's view was left, in order.
    """

    def __init__(self, settings: "Settings", desks: Newsdesks) -> None:
        self.desks = desks
        self.left: list[Left] = []
        self.asgi = Conversations(DjangoApplication())
        self._settings = settings
        self.urlpatterns = [
            path(PATH[1:], self._watched(views.async_report), {"desks": desks}),
        ]
        settings.ROOT_URLCONF = self
        settings.MIDDLEWARE = []

    def serve(
        self, page: Callable[..., Any] | None = None, *, middleware: Sequence[str] = MIDDLEWARE
    ) -> None:
        """Put *middleware* around the site, with *page* at ``/page/``."""
        if page is not None:
            self.urlpatterns.append(path("page/", page))
        self._settings.MIDDLEWARE = list(middleware)
        self.asgi = Conversations(DjangoApplication())

    async def ask(
        self, url: str = REPORT, *, brings: str | None = None, method: str = "GET"
    ) -> Answer:
        """Ask for *url*, with what it *brings* as X-Request-ID."""
        call = f"{method} {url}" + ("" if brings is None else f" with X-Request-ID {brings!r}")
        headers = {} if brings is None else {"X-Request-ID": brings}
        with noting_errors() as errors:
            async with self.asgi(method, url, headers=headers) as conversation:
                response = await conversation.response()
        headers = {name.lower(): value for name, value in response.headers.items()}
        because = f"\n    because of {told(errors[0])}" if errors else ""
        return Answer(call, response.status, headers, response.body, because)

    def _watched(self, view: Callable[..., Any]) -> Callable[..., Any]:
        def note(how: str) -> None:
            self.left.append(Left(how, tuple(self.desks.open), tuple(self.desks.hit_again)))

        @wraps(view)
        async def watched(request: HttpRequest, **kwargs: Any) -> Any:
            try:
                response = await view(request, **kwargs)
            except asyncio.CancelledError:
                note("CancelledError came out of it")
                raise
            except BaseException as error:
                note(f"it raised {told(error)}")
                raise
            note(f"it returned a response, {getattr(response, 'status_code', response)}")
            return response

        # Under a sync view nothing can be watched; the test that asks for an async one says so.
        return watched if iscoroutinefunction(view) else view


def check_declared(name: str, *, task: int) -> None:
    """Fail if Django takes the middleware of that name for sync only, or wrongly for sync, too."""
    __tracebackhide__ = True
    middleware, short = import_string(name), name.rpartition(".")[2]
    seen = getattr(middleware, "async_capable", False)
    assert seen, (
        f"Django takes {short} for sync only, as it does when nothing is said: async_capable is "
        f"{seen}; expected it declared (django.utils.decorators), or set on the class. "
        f"(task {task})"
    )
    if not getattr(middleware, "sync_capable", True):
        return
    handler = middleware(lambda request: HttpResponse())
    # In a context of its own, as what it leaves there is of another test.
    response = copy_context().run(handler, RequestFactory().get("/page/"))
    if asyncio.iscoroutine(response):
        response.close()
    assert isinstance(response, HttpResponse), (
        f"Django takes {short} for capable of sync as well: sync_capable is True, or not set. With "
        f"a sync get_response, a request got a {type(response).__name__}; expected a response. "
        f"(task {task})"
    )


@contextmanager
def noting_errors() -> Iterator[list[BaseException]]:
    """Give what Django turns into error pages inside the block."""
    errors: list[BaseException] = []

    def note(**kwargs: object) -> None:
        if error := sys.exc_info()[1]:
            errors.append(error)

    got_request_exception.connect(note)
    try:
        yield errors
    finally:
        got_request_exception.disconnect(note)


def told(error: BaseException) -> str:
    """Say what *error* is, and the errors inside of it if it is a group."""
    inside = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return learner.told(error) + "".join(f"\n    with {told(one)}" for one in inside)


def contains(error: BaseException, wanted: BaseException) -> bool:
    """Say whether *error* is *wanted*, or a group that holds it."""
    if isinstance(error, BaseExceptionGroup):
        return any(contains(one, wanted) for one in error.exceptions)
    return error is wanted
