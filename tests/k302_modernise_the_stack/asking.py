"""Requests, put to the site by one of Django's handlers, and what comes back."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace

from asgiref.sync import ThreadSensitiveContext
from django.conf import settings
from django.views.defaults import ERROR_PAGE_TEMPLATE

from tests.k302_modernise_the_stack.errors import is_mistaken, noting_errors, told
from tests.k302_modernise_the_stack.handlers import (
    ASYNC_HANDLERS,
    Ask,
    Headers,
    Seen,
    through_asgi,
    through_async_client,
    through_client,
    through_wsgi,
)
from tests.k302_modernise_the_stack.modes import modes

Counts = tuple[int, ...]
DJANGOS_PAGE = ERROR_PAGE_TEMPLATE.partition("%")[0]


@dataclass(frozen=True)
class Answer:
    """A response; status 0 if an exception left the handler instead."""

    status: int
    headers: Headers
    body: str
    #: Which exception Django made an error page of, or which one left the handler.
    error: str = ""
    #: By how much the request has raised each count that was watched.
    raised: Counts = ()

    @property
    def page(self) -> str:
        """The body, for a message."""
        if self.body.startswith(DJANGOS_PAGE):
            return f"Django's page for {self.status}"
        return repr(self.body)

    def __str__(self) -> str:
        if not self.status:
            return f"an exception left the handler, {self.error}"
        return f"{self.status}{self.error and f', made of {self.error}'}"


def put(handler: str, *asks: Ask, watched: Callable[[], Counts] = tuple) -> list[Answer]:
    """Start a *handler* and put one request after the other to it.

    Args:
        watched: Counts that a request may raise.
    """
    answers: list[Answer] = []

    @contextmanager
    def noted() -> Iterator[None]:
        before = watched()
        with noting_errors() as errors:
            yield
        raised = tuple(now - then for now, then in zip(watched(), before, strict=True))
        error = answers[-1].error or "".join(errors[:1])
        answers[-1] = replace(answers[-1], raised=raised, error=error)

    def put_to_sync() -> list[Answer]:
        ask_it = through_client() if handler == "Client" else through_wsgi()
        for ask in asks:
            with noted():
                try:
                    answers.append(answer(ask_it(ask)))
                except Exception as error:
                    answers.append(no_answer(error))
        return answers

    def put_to_async() -> list[Answer]:
        # Made outside of an event loop, as when a server imports it.
        ask_it = through_async_client() if handler == "AsyncClient" else through_asgi()

        async def put_in_turn() -> None:
            for ask in asks:
                with noted():
                    answers.append(await settled(ask_it, ask))

        asyncio.run(put_in_turn())
        return answers

    is_async = handler in ASYNC_HANDLERS
    return safely(put_to_async if is_async else put_to_sync, len(asks), is_async=is_async)


def put_at_once(*asks: Ask, threads: int | None = None) -> list[Answer]:
    """Start an ASGIHandler and put all requests to it before one of them is answered.

    Args:
        threads: How many there are for code that is not thread-sensitive. The requests then share
            one thread for code that is; without it, each has its own, as on a server.
    """

    def put_all() -> list[Answer]:
        ask_it = through_asgi()

        async def put_together() -> list[Answer]:
            # The default is a few for each processor, and each request may hold one.
            pool = ThreadPoolExecutor(threads or 2 * len(asks))
            asyncio.get_running_loop().set_default_executor(pool)
            async with ThreadSensitiveContext() if threads else nullcontext():
                return await asyncio.gather(*(settled(ask_it, ask) for ask in asks))

        return asyncio.run(put_together())

    return safely(put_all, len(asks), is_async=True)


def safely(ask_all: Callable[[], list[Answer]], size: int, *, is_async: bool) -> list[Answer]:
    """Return all *size* answers, or what stands for none if the middleware can't be loaded.

    Where a mode was mistaken, they tell which it was.
    """
    with warnings.catch_warnings():
        # Django does not close the request's body if an exception leaves its ASGI handler.
        warnings.filterwarnings("ignore", "Unclosed file <tempfile.Spooled", ResourceWarning)
        try:
            answers = ask_all()
        except Exception as error:
            answers = [no_answer(error)] * size
        if any(answer.status in (0, 500) for answer in answers):
            # What an error holds has to be dropped in the test to which it belongs.
            gc.collect()
    return [
        replace(answer, error=f"{answer.error}; {modes(settings.MIDDLEWARE, is_async=is_async)}")
        if is_mistaken(answer.error)
        else answer
        for answer in answers
    ]


async def settled(ask_it: Callable[[Ask], Awaitable[Seen]], ask: Ask) -> Answer:
    """Put one request, and return its answer or what stands for none."""
    try:
        return answer(await ask_it(ask))
    except Exception as error:
        return no_answer(error)


def answer(seen: Seen) -> Answer:
    """Return what was seen, with the names of its headers in lower case."""
    status, headers, body = seen
    return Answer(int(status), {name.lower(): value for name, value in headers.items()}, body)


def no_answer(error: Exception) -> Answer:
    """Return what stands for an exception that left the handler."""
    return Answer(0, {}, "", told(error))
