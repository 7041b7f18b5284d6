"""What the tests of the corrections desk share: a request, agencies that look, and what is left."""

import asyncio
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import httpx
from django.core.signals import got_request_exception
from django.db import connections

from dojo.instruments import learner, statements
from dojo.instruments.rendezvous import settle
from katas.k403_after_commit.models import Correction
from katas.newsroom.models import Article

URL = "/corrections/"
REFERENCE = "c-17"
TEXT = "The bridge has two lanes, not four."
SEND_S = 0.2
UNUSED_KEY = 4711


class Stored(NamedTuple):
    """What a connection finds in the database."""

    corrections: tuple[str, ...] = ()
    corrected: tuple[str, ...] = ()

    def __str__(self) -> str:
        rows = ", ".join(self.corrections) or "no row"
        articles = ", ".join(self.corrected) or "no article"
        return f"corrections: {rows}; articles that carry a correction: {articles}"


NOTHING = Stored()
ALL = Stored((REFERENCE,), ("bridge",))


def stored() -> Stored:
    """Return what is stored, as this thread's connection sees it."""
    corrected = Article.objects.filter(body__contains="Correction:").order_by("pk")
    return Stored(
        tuple(Correction.objects.order_by("pk").values_list("reference", flat=True)),
        tuple(corrected.values_list("slug", flat=True)),
    )


def seen_from_outside() -> Stored:
    """Return what others can see: they have a connection of their own."""
    try:
        return stored()
    finally:
        connections.close_all()


@dataclass
class Receipt:
    """One announcement, as the agencies got it."""

    reference: str
    on_the_servers_loop: bool
    seen: Stored = NOTHING
    ended: bool = False


@dataclass
class LookingAgencies:
    """Agencies that look at the database as soon as they are told, and then take 0.2 s."""

    loop: asyncio.AbstractEventLoop
    fails_with: Exception | None = None
    receipts: list[Receipt] = field(default_factory=list)
    sending: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, reference: str) -> None:
        """Stand in for the wire."""
        receipt = Receipt(reference, asyncio.get_running_loop() is self.loop)
        self.receipts.append(receipt)
        receipt.seen = await asyncio.to_thread(seen_from_outside)
        if receipt.on_the_servers_loop:
            self.sending.set()
        await asyncio.sleep(SEND_S)
        if self.fails_with is not None:
            raise self.fails_with
        receipt.ended = True

    @property
    def told(self) -> list[str]:
        """The references that have been announced, in order."""
        return [receipt.reference for receipt in self.receipts]


@dataclass(frozen=True)
class Answer:
    """What came back, and what the view raised, if Django made an error page of it."""

    status: int
    content: dict[str, Any]
    raised: str = ""

    def __str__(self) -> str:
        cause = f" (the view raised {self.raised})" if self.raised else ""
        return f"POST {URL} answered {self.status}{cause}"


class Post(Protocol):
    """Files a correction: ``await post(article="lake")``."""

    async def __call__(
        self, reference: str = REFERENCE, *, article: str = "bridge", editor: str = "Ida"
    ) -> Answer:
        """Return the answer; an article or an editor that does not exist gets an unused key."""


def form(
    keys: dict[str, int], reference: str = REFERENCE, article: str = "bridge", editor: str = "Ida"
) -> dict[str, str]:
    """Return the fields of a request, with the keys of the article and the editor."""
    return {
        "reference": reference,
        "article": str(keys.get(article, UNUSED_KEY)),
        "editor": str(keys.get(editor, UNUSED_KEY)),
        "text": TEXT,
    }


async def send(client: httpx.AsyncClient, fields: dict[str, str]) -> Answer:
    """Send a correction through the ASGI application."""
    raised: list[str] = []

    def note(**kwargs: object) -> None:
        if error := sys.exc_info()[1]:
            raised.append(learner.told(error))

    got_request_exception.connect(note)
    try:
        response = await client.post(URL, data=fields)
    finally:
        got_request_exception.disconnect(note)
    is_json = response.headers.get("Content-Type", "") == "application/json"
    return Answer(response.status_code, response.json() if is_json else {}, "".join(raised[:1]))


@asynccontextmanager
async def others_first() -> AsyncIterator[list[Stored]]:
    """Before an article is changed, let all run that is under way beside it: who can win, wins.

    Gives what another connection found at that moment.
    """
    loop, here = asyncio.get_running_loop(), threading.get_ident()
    reached, go_on = asyncio.Event(), threading.Event()
    found: list[Stored] = []

    async def usher() -> None:
        await reached.wait()
        await settle()
        found.append(await asyncio.to_thread(seen_from_outside))
        go_on.set()

    def hold(execute: statements.Execute, sql: str, *args: Any) -> Any:
        if statements.verb(sql) == "UPDATE" and threading.get_ident() != here:
            loop.call_soon_threadsafe(reached.set)
            go_on.wait()
        return execute(sql, *args)

    task = asyncio.create_task(usher())
    try:
        with statements.wrapped(hold):
            yield found
    finally:
        reached.set()
        await task


@contextmanager
def rival(correction: Correction) -> Iterator[None]:
    """Store *correction* on another connection, just before the next one would be stored."""

    def win() -> None:
        try:
            correction.save()
        finally:
            connections.close_all()

    def overtake(execute: statements.Execute, sql: str, *args: Any) -> Any:
        if statements.verb(sql) == "INSERT" and thread.ident is None:
            thread.start()
            thread.join()
        return execute(sql, *args)

    thread = threading.Thread(target=win)
    with statements.wrapped(overtake):
        yield
