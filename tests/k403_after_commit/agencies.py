"""Agencies that look at the database as soon as they are told."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

import pytest
from django.db import connections

from katas.k403_after_commit.models import Correction
from katas.newsroom.models import Article

REFERENCE = "c-17"
TEXT = "The bridge has two lanes, not four."
SEND_S = 0.2


class Stored(NamedTuple):
    """What a connection finds in the database."""

    corrections: tuple[str, ...] = ()
    corrected: tuple[str, ...] = ()

    def __str__(self) -> str:
        rows, articles = ", ".join(self.corrections), ", ".join(self.corrected)
        return f"corrections [{rows}], corrected articles [{articles}]"


NOTHING = Stored()
ALL = Stored((REFERENCE,), ("bridge",))


def check(fact: str, seen: Stored, expected: Stored, *, why: str = "") -> None:
    """Fail if *seen* is not what was expected; *fact* leads up to it."""
    __tracebackhide__ = True
    if seen != expected:
        wanted = " and ".join(f"[{', '.join(part)}]" for part in expected)
        pytest.fail(f"{fact}: {seen}; expected {wanted}{why}.", pytrace=False)


def stored() -> Stored:
    """Return what is stored, as this thread's connection sees it."""
    corrected = Article.objects.filter(body__endswith=f"Correction: {TEXT}").order_by("pk")
    return Stored(
        tuple(Correction.objects.order_by("pk").values_list("reference", flat=True)),
        tuple(corrected.values_list("slug", flat=True)),
    )


async def look_from_outside() -> Stored:
    """Return what others can see: in a thread of its own, on a connection of its own."""

    def look() -> Stored:
        try:
            return stored()
        finally:
            connections.close_all()

    # Not the loop's pool: a connection that an answer has left open there must not be closed here.
    pool = ThreadPoolExecutor(1)
    try:
        return await asyncio.get_running_loop().run_in_executor(pool, look)
    finally:
        pool.shutdown(wait=False)


@dataclass
class Receipt:
    """One announcement, as the agencies got it."""

    reference: str
    on_the_servers_loop: bool
    seen: Stored = NOTHING
    ended: bool = False


@dataclass
class LookingAgencies:
    """Agencies that look at the database as soon as they are told, and then take 0.2 s.

    Unless it is said that they take longer for a reference, or that they fail with it in the end.
    """

    loop: asyncio.AbstractEventLoop
    takes: dict[str, float] = field(default_factory=dict)
    fails: dict[str, Exception] = field(default_factory=dict)
    receipts: list[Receipt] = field(default_factory=list)
    sending: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, reference: str) -> None:
        """Stand in for the wire."""
        receipt = Receipt(reference, asyncio.get_running_loop() is self.loop)
        self.receipts.append(receipt)
        receipt.seen = await look_from_outside()
        self.loop.call_soon_threadsafe(self.sending.set)
        await asyncio.sleep(self.takes.get(reference, SEND_S))
        if reference in self.fails:
            raise self.fails[reference]
        receipt.ended = True

    @property
    def told(self) -> list[str]:
        """The references that have been announced, in order."""
        return [receipt.reference for receipt in self.receipts]

    @property
    def told_elsewhere(self) -> list[str]:
        """Those of them that have been announced on another loop than the server's."""
        return [receipt.reference for receipt in self.receipts if not receipt.on_the_servers_loop]
