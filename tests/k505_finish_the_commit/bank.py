"""A bank that counts its charges, and payments that are held at the worst moment."""

import asyncio
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dojo.instruments import statements
from katas.k505_finish_the_commit.models import Membership, Payment

AT_THE_BANK = "at the bank, which has charged the card"
IN_ITS_TRANSACTION = "in its transaction, before the last write"
MOMENTS = (AT_THE_BANK, IN_ITS_TRANSACTION)


class Stored(NamedTuple):
    """Who has paid how often, and for how many months, as the database has it."""

    payments: tuple[str, ...] = ()
    months: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        months = ", ".join(f"{reader} {number}" for reader, number in self.months)
        return f"payments [{', '.join(self.payments)}], months [{months}]"


def stored() -> Stored:
    """Return what is stored, as this thread's connection sees it."""
    paid = Payment.objects.order_by("pk").values_list("membership__reader", flat=True)
    months = Membership.objects.order_by("reader").values_list("reader", "months")
    return Stored(tuple(paid), tuple(months))


async def first_of(*events: asyncio.Event) -> None:
    """Wait until one of them is set."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()


class Held:
    """Holds the first payment that gets to a moment, in its thread, until it is let go."""

    def __init__(self, moment: str) -> None:
        self.moment = moment
        self.reached = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._go = threading.Event()
        self._first = True

    def pass_by(self, moment: str) -> None:
        """Wait here if this is the moment."""
        if moment == self.moment and self._first:
            self._first = False
            self._loop.call_soon_threadsafe(self.reached.set)
            self._go.wait()

    def let_go(self) -> None:
        """Let the payment go on."""
        self._go.set()


@dataclass
class Bank:
    """Stands in for the terminal: each charge gets a receipt of its own, and is counted.

    Attributes:
        charged: The readers whose cards were charged, in order.
        confused: Those for whom it was used while it was still in use for another payment.
        receipts: The latest receipt of each reader.
        fails: What a payment raises in the end.
        fails_at: At which of the moments; in its transaction only while a payment is held.
    """

    charged: list[str] = field(default_factory=list)
    confused: list[str] = field(default_factory=list)
    receipts: dict[str, str] = field(default_factory=dict)
    fails: Exception | None = None
    fails_at: str = AT_THE_BANK
    _held: list[Held] = field(default_factory=list)
    _in_use: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def charge(self, reader: str, cents: int) -> str:
        """Charge a card."""
        with self._lock:
            self.charged.append(reader)
            if self._in_use:
                self.confused.append(reader)
            self._in_use += 1
        try:
            for held in self._held:
                held.pass_by(AT_THE_BANK)
            self._fail(AT_THE_BANK)
            self.receipts[reader] = receipt = uuid.uuid4().hex
            return receipt
        finally:
            with self._lock:
                self._in_use -= 1

    def _fail(self, moment: str) -> None:
        if self.fails is not None and self.fails_at == moment:
            raise self.fails

    @contextmanager
    def holding(self, moment: str) -> Iterator[Held]:
        """Hold the first payment inside the block at *moment*; let it go at the end at the latest.

        A transaction is held by its last write, so nobody else can have seen the ones before.
        """
        held, here = Held(moment), threading.get_ident()
        table = Membership._meta.db_table

        def before_a_statement(execute: statements.Execute, sql: str, *args: Any) -> Any:
            is_last = statements.verb(sql) == "UPDATE" and table in sql
            if is_last and threading.get_ident() != here:
                held.pass_by(IN_ITS_TRANSACTION)
                self._fail(IN_ITS_TRANSACTION)
            return execute(sql, *args)

        self._held.append(held)
        try:
            with statements.wrapped(before_a_statement):
                yield held
        finally:
            held.let_go()
            self._held.remove(held)
