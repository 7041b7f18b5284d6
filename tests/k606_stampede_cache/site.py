"""The site with an office and a cache of the test's own, and whoever asks for results."""

import asyncio
import json
import sys
from dataclasses import dataclass
from typing import Any

from django.urls import path

from dojo.instruments.asgi import Conversation, Conversations
from katas.k606_stampede_cache import views
from katas.k606_stampede_cache.office import Office
from katas.k606_stampede_cache.single_flight import SingleFlightCache
from tests.k606_stampede_cache.callers import AGES_S, Computation
from tests.k606_stampede_cache.network_cache import NetworkCache


class CountingOffice(Office):
    """An office in which each place is a computation that the test knows."""

    def __init__(self) -> None:
        self.places: dict[str, Computation] = {}

    def expect(self, place: str, *figures: object, cleanup: float = 0) -> Computation:
        """Say what the office counts for *place* the first time, the second time, and so on."""
        self.places[place] = Computation(cleanup=cleanup, values=figures)
        return self.places[place]

    async def count(self, place: str) -> Any:
        """Count."""
        return await self.places[place]()


@dataclass(frozen=True)
class Answer:
    """What a reader got."""

    call: str
    status: int
    text: str

    def __str__(self) -> str:
        return f"{self.status or '-'} {self.text[:200]}"

    def check(self, what: str, place: str, figures: object) -> None:
        """Fail if these are not the figures of the place."""
        __tracebackhide__ = True
        assert self.status == 200, f"{self.call}, {what}: {self}; expected 200. (task 6)"
        try:
            data = json.loads(self.text)
            found = {"place": data["place"], "figures": data["figures"]}
        except (ValueError, TypeError, KeyError):
            found = {}
        expected = {"place": place, "figures": figures}
        assert found == expected, (
            f"{self.call}, {what}: {self}; expected {json.dumps(expected)[:-1]}, "
            '"asked": …}. (task 6)'
        )

    @property
    def asked(self) -> Any:
        """The count in it; None if there is none."""
        try:
            return json.loads(self.text)["asked"]
        except (ValueError, TypeError, KeyError):
            return None


class Site:
    """The view with a cache and an office behind it."""

    def __init__(self, cache: NetworkCache, conversations: Conversations) -> None:
        self.cache = cache
        self.office = CountingOffice()
        #: What has come out of the view.
        self.errors: list[BaseException | None] = []
        self._conversations = conversations
        self.restart()

    def restart(self) -> None:
        """Serve from another process, which has the cache in common with the first, and no more."""
        behind = {
            "cache": self.cache,
            "once": SingleFlightCache(self.cache),
            "office": self.office,
        }
        self.urlpatterns = [path("results/<slug:place>/", views.results, behind)]

    def note_error(self, **of_the_signal: object) -> None:
        """Note what has come out of the view; Django sends it while it is handled."""
        self.errors.append(sys.exception())

    async def get(self, *places: str, gap: float = 0) -> list[Answer]:
        """Ask for all of these places at once, or so many seconds one after the other."""
        asking = (self._get(place, number * gap) for number, place in enumerate(places))
        return await asyncio.gather(*asking)

    async def _get(self, place: str, wait: float) -> Answer:
        await asyncio.sleep(wait)
        async with self.reader(place) as conversation:
            return await self.answer(place, conversation)

    async def answer(self, place: str, conversation: Conversation) -> Answer:
        """Return what was answered when the view has ended, or when it never does."""
        call = f"GET /results/{place}/"
        await asyncio.wait({conversation.task}, timeout=AGES_S)
        sent = conversation.sent
        if not sent:
            state = "has ended" if conversation.task.done() else "still waits"
            return Answer(call, 0, f"no answer, the view {state}")
        status, text = sent[0]["status"], b"".join(part.get("body", b"") for part in sent).decode()
        if status == 500 and self.errors:
            # Instead of the page that says no more than that there was an error.
            text = f"({self.errors[-1]!r} came out of the view)"
        return Answer(call, status, text)

    def reader(self, place: str) -> Any:
        """Open a conversation with somebody who may go away before the answer is there."""
        return self._conversations("GET", f"/results/{place}/")


async def leave(*conversations: Conversation) -> None:
    """Let these readers go away, all at once, and wait until their requests are over."""
    for conversation in conversations:
        conversation.disconnect()
    await asyncio.wait({conversation.task for conversation in conversations}, timeout=1)
