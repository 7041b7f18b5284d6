"""What the tests of the membership desk share: readers who pay, leave, and are watched."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest

from dojo.instruments.asgi import Conversation, Conversations
from dojo.instruments.rendezvous import settle
from katas.k505_finish_the_commit.bank import terminal
from tests.k505_finish_the_commit.bank import AT_THE_BANK, Bank, Held, Stored

URL = "/payments/"
READER = "Ida"
SECOND = "Noor"
THIRD = "Sam"
MONTHS = 7
FORM = {"content-type": "application/x-www-form-urlencoded"}
PAID = Stored((READER,), ((READER, MONTHS),))

#: What is expected of connections.
CLOSED = (
    "none: Django closes the connection of the request's own thread only, and that of any other "
    "has to be closed in that thread"
)

SUITE = [
    pytest.mark.urls("katas.k505_finish_the_commit.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
]


def form(reader: str) -> bytes:
    """Return the body of a reader's request."""
    return urlencode({"reader": reader, "months": MONTHS}).encode()


@dataclass
class Visit:
    """A reader whose payment is held in its thread, and how the view goes on."""

    reader: str
    conversation: Conversation
    held: Held
    ended: dict[str, str]

    @property
    def call(self) -> str:
        """How messages name it."""
        return f"POST {URL} by {self.reader}, whose payment was held {self.held.moment}"

    async def leave(self) -> None:
        """Go away, and let all happen that this leads to at once."""
        self.conversation.disconnect()
        await settle()
        self.expect_to_be_there("once the reader had gone")

    def expect_to_be_there(self, when: str) -> None:
        """Fail if the view has ended, or has freed the terminal, though the payment goes on.

        A view that ends by an error is seen by the terminal that is free: see the witness.
        """
        __tracebackhide__ = True
        how = self.ended.get(self.reader)
        check(
            how is None,
            f"{self.call}: {when}, the view ended ({how}), and the payment was still under "
            "way in its thread; expected the view to wait for it.",
        )
        check(
            terminal.free.locked(),
            f"{self.call}: {when}, terminal.free was not locked, and the payment was still under "
            "way in its thread; expected the view to hold it until the payment had ended.",
        )

    async def end(self) -> str:
        """Let the payment go on, wait until the request is over, and return how the view ended."""
        self.held.let_go()
        await asyncio.wait({self.conversation.task})
        await settle()
        return self.ended.get(self.reader, "not at all")


@dataclass
class Desk:
    """The membership desk: the site, the bank behind it, and the witness of its view."""

    asgi: Conversations
    bank: Bank
    ended: dict[str, str] = field(default_factory=dict)

    def visit(self, reader: str) -> AbstractAsyncContextManager[Conversation]:
        """Send a reader's payment."""
        return self.asgi("POST", URL, body=form(reader), headers=FORM)

    async def outcome(self, reader: str, conversation: Conversation) -> str:
        """Wait for the answer, a minute at most on the virtual clock; return how the view ended."""
        await asyncio.wait({conversation.task}, timeout=60)
        return self.ended.get(reader, "was still waiting a minute later")

    @asynccontextmanager
    async def paying(self, reader: str = READER, moment: str = AT_THE_BANK) -> AsyncIterator[Visit]:
        """Send a reader's payment; inside the block, it is held at that moment, in its thread."""
        with self.bank.holding(moment) as held:
            async with self.visit(reader) as conversation:
                visit = Visit(reader, conversation, held, self.ended)
                try:
                    await self._until_held(visit)
                    yield visit
                finally:
                    held.let_go()

    async def _until_held(self, visit: Visit) -> None:
        reached = asyncio.create_task(visit.held.reached.wait())
        await asyncio.wait({reached, visit.conversation.task}, return_when="FIRST_COMPLETED")
        reached.cancel()
        if not visit.held.reached.is_set():
            how = self.ended.get(visit.reader, "ended without the view")
            check(
                False,
                f"POST {URL} by {visit.reader} {how}, and no payment was ever "
                f"{visit.held.moment}; expected take_payment to be called.",
            )


def check(holds: bool, message: str) -> None:
    """Fail with this message, and nothing else, if it does not hold."""
    __tracebackhide__ = True
    if not holds:
        pytest.fail(message, pytrace=False)


def check_stored(fact: str, seen: Stored, expected: Stored) -> None:
    """Fail if *seen* is not what was expected; *fact* leads up to it."""
    __tracebackhide__ = True
    check(seen == expected, f"{fact}; stored: {seen}; expected {expected}.")


def check_charged(fact: str, charged: list[str], *expected: str) -> None:
    """Fail if others were charged than those, or more often; *fact* leads up to it."""
    __tracebackhide__ = True
    check(charged == list(expected), f"{fact}; charged: {charged}; expected {list(expected)}.")
