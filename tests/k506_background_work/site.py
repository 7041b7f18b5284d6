"""The letters page, asked through the ASGI application, and a checker that the tests hold."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from django.core.signals import got_request_exception

from dojo.instruments import learner
from dojo.instruments.rendezvous import settle
from katas.k506_background_work import views
from katas.k506_background_work.jobs import Job, Jobs
from katas.k506_background_work.models import Letter
from katas.k506_background_work.request_ids import request_id
from tests.k506_background_work.work import Gate, drain, soon

MIDDLEWARE = "katas.k506_background_work.request_ids.request_id_middleware"
UNUSED_KEY = 4711
VERDICT = "print"


class HeldChecker:
    """Reads a letter, and gives no verdict before a test lets it.

    Attributes:
        texts: What it was given, with the `request_id` it was given under.
    """

    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []
        self._gate = Gate()

    async def read(self, text: str) -> str:
        """Stand in for the service."""
        self.texts.append((text, request_id.get()))
        await self._gate.passed()
        return VERDICT

    def let(self) -> None:
        """Let it give its verdicts from now on."""
        self._gate.open()


class NotingJobs(Jobs):
    """The answer's own, and the names of the jobs that `start` was called with."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def start(self, job: Job, *args: Any) -> None:
        """Note, and start."""
        self.names.append(getattr(job, "__name__", repr(job)))
        super().start(job, *args)


@dataclass(frozen=True)
class Answer:
    """What came back, and what the view raised, if Django made an error page of it."""

    call: str
    status: int
    content: dict[str, Any]
    request_id: str
    raised: str

    def __str__(self) -> str:
        cause = f" (the view raised {self.raised})" if self.raised else ""
        return f"{self.call} answered {self.status}{cause}"


@dataclass(frozen=True)
class Site:
    """The site: ``await site.post("Four lanes.")``."""

    client: httpx.AsyncClient
    article: int
    checker: HeldChecker
    jobs: NotingJobs
    url: str = "/letters/"

    async def post(self, text: str = "Four lanes.", *, article: int | None = None) -> Answer:
        """Send a letter; what goes on behind the answer goes as far as it can."""
        fields = {"article": str(self.article if article is None else article), "text": text}
        return await self.ask("POST", data=fields)

    async def ask(self, method: str, **kwargs: Any) -> Answer:
        """Ask for the page; fail if the answer does not come while the checker is held."""
        __tracebackhide__ = True
        call, raised = f"{method} {self.url}", []

        def note(**kwargs: object) -> None:
            if error := sys.exc_info()[1]:
                raised.append(learner.told(error))

        got_request_exception.connect(note)
        asking = asyncio.create_task(self.client.request(method, self.url, **kwargs))
        try:
            await soon(asking)
        finally:
            got_request_exception.disconnect(note)
            in_time = asking.done()
            if not in_time:
                self.checker.let()
        response = await asking
        await settle()
        if not in_time:
            pytest.fail(
                f"{call}: no answer while the checker takes its time; expected the check to go on "
                "behind the answer.",
                pytrace=False,
            )
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        content = response.json() if is_json else {}
        return Answer(
            call,
            response.status_code,
            content if isinstance(content, dict) else {},
            response.headers.get("X-Request-ID", ""),
            "".join(raised[:1]),
        )


@contextlib.asynccontextmanager
async def open_site(site: Site) -> AsyncIterator[None]:
    """At the end of the block, let the checker go on, and drain."""
    try:
        yield
    finally:
        site.checker.let()
        await settle()
        with contextlib.suppress(NotImplementedError):
            await soon(drain(views.jobs))


async def verdicts() -> dict[int, str]:
    """Return the verdict on each letter, by its key."""
    return {letter.pk: letter.verdict async for letter in Letter.objects.order_by("pk")}
