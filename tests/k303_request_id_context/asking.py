"""A site of one page behind the middleware, asked as an ASGI or a WSGI server would ask it."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory
from django.urls import re_path

from dojo.instruments import learner
from dojo.instruments.asgi import Conversations, DjangoApplication, Response
from tests.k303_request_id_context.error_pages import noting_errors

if TYPE_CHECKING:
    from pytest_django import Settings

MIDDLEWARE = "katas.k303_request_id_context.request_ids.request_id_middleware"
SERVERS = ("ASGI", "WSGI")
# How many requests are asked at once, and so how many threads the WSGI server has.
MANY = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        request_id: The header X-Request-ID; None if there is none.
        because: What Django made an error page of, on a line of its own; empty if nothing.
    """

    status: int
    request_id: str | None
    body: str
    because: str


class Site:
    """One page under all URLs; ``site.serve(page)``, then ``await site.ask("ASGI")``.

    Attributes:
        asgi: Conversations with the ASGI application.
    """

    asgi: Conversations

    def __init__(self, settings: "Settings", threads: ThreadPoolExecutor) -> None:
        self._settings = settings
        self._threads = threads
        self._wsgi: WSGIHandler | None = None

    def serve(
        self,
        page: Callable[..., Any],
        *,
        middleware: Sequence[str] = (MIDDLEWARE,),
        **kwargs: object,
    ) -> None:
        """Put *page* behind *middleware*; the keyword arguments go to the page."""
        urlconf = type("Urls", (), {"urlpatterns": [re_path("", page, kwargs)]})
        self._settings.ROOT_URLCONF = urlconf
        self._settings.MIDDLEWARE = list(middleware)
        self.asgi, self._wsgi = Conversations(DjangoApplication()), None

    @property
    def wsgi(self) -> WSGIHandler:
        """The WSGI application, one for all threads; it loads the middleware when asked for."""
        if self._wsgi is None:
            self._wsgi = WSGIHandler()
        return self._wsgi

    async def ask(
        self, server: str, url: str = "/", *, brings: str | None = None, expected: int = 200
    ) -> Answer:
        """Ask for *url*, with what it *brings* as X-Request-ID; fail if the status is another."""
        __tracebackhide__ = True
        answer = await self.try_to_ask(server, url, brings=brings)
        call = f"GET {url}" + ("" if brings is None else f" with X-Request-ID {brings!r}")
        assert answer.status == expected, (
            f"{call} under {server} answered {answer.status}; expected {expected}.{answer.because}"
        )
        return answer

    async def try_to_ask(self, server: str, url: str = "/", *, brings: str | None = None) -> Answer:
        """Ask for *url*, whatever comes back.

        WSGI requests are handled in one of eight threads, which are used again and again.
        """
        headers = {} if brings is None else {"X-Request-ID": brings}
        with noting_errors(url.partition("?")[0]) as errors:
            if server == "ASGI":
                async with self.asgi("GET", url, headers=headers) as conversation:
                    answer = await conversation.response()
            else:
                loop = asyncio.get_running_loop()
                answer = await loop.run_in_executor(
                    self._threads, ask_wsgi, self.wsgi, url, headers
                )
        # However the name of the header is spelled.
        ids = [value for name, value in answer.headers.items() if name.lower() == "x-request-id"]
        return Answer(
            status=answer.status,
            request_id=ids[0] if ids else None,
            body=answer.body.decode(),
            because=f"\n    because of {learner.told(errors[0])}" if errors else "",
        )


async def all_at_once(*asked: Coroutine[Any, Any, Answer]) -> list[Answer]:
    """Return the answers to requests made at one time; raise the first error once all ended."""
    answers = []
    for outcome in await asyncio.gather(*asked, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
        answers.append(outcome)
    return answers


def ask_wsgi(handler: WSGIHandler, url: str, headers: Mapping[str, str]) -> Response:
    """Ask a WSGI application, in the thread that calls this."""
    # As a server does: the bytes that were sent, decoded as Latin-1 (PEP 3333).
    sent = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    environ = RequestFactory().get(url, headers=sent).environ
    started: dict[str, str] = {}

    def start_response(
        status: str, headers: list[tuple[str, str]], exc_info: object = None, /
    ) -> Callable[[bytes], object]:
        started.update(headers)
        return len  # the old way to write, which Django does not use

    response = handler(environ, start_response)
    try:
        return Response(response.status_code, started, b"".join(response))
    finally:
        response.close()
