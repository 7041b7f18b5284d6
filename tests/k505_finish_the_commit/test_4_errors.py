"""The payment fails when the reader has gone: somebody has to hear of it."""

import asyncio
import logging
import traceback

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError

from tests.k505_finish_the_commit.bank import AT_THE_BANK, IN_ITS_TRANSACTION, Stored, stored
from tests.k505_finish_the_commit.desk import (
    READER,
    SECOND,
    SUITE,
    URL,
    Desk,
    check,
    check_stored,
)

pytestmark = SUITE


class RefusedError(Exception):
    """The bank refuses a card."""


LINE_DOWN = AT_THE_BANK, ConnectionError("the line is down")
REFUSED = AT_THE_BANK, RefusedError("no such card")
DISK_FULL = IN_ITS_TRANSACTION, OperationalError("the disk is full")

failing = pytest.mark.parametrize(
    ("moment", "error"), [LINE_DOWN, REFUSED, DISK_FULL], ids=["bank", "card", "database"]
)


async def fail_alone(desk: Desk, moment: str, error: Exception, *, stay_s: float = 0) -> str:
    """Let a payment fail so long after its reader has gone; return how the view ended."""
    desk.bank.fails, desk.bank.fails_at = error, moment
    async with desk.paying(moment=moment) as visit:
        await visit.leave()
        await asyncio.sleep(stay_s)
        return await visit.end()


def check_logged(call: str, error: Exception, records: list[logging.LogRecord]) -> None:
    """Fail if no record at level ERROR has the traceback of that error, in whatever form."""
    __tracebackhide__ = True
    raised_in = traceback.extract_tb(error.__traceback__)[-1].name
    logged = [
        f"{record.name}: {logging.Formatter().format(record)}"
        for record in records
        if record.levelno >= logging.ERROR
    ]
    # asyncio complains of what nobody asked for when the garbage is collected, if at all.
    counted = [text for text in logged if not text.startswith("asyncio:")]
    check(
        any(f"in {raised_in}\n" in text and str(error) in text for text in counted),
        f"{call}; logged at level ERROR: {logged}; expected a record with the traceback of that "
        f"error, which was raised in {raised_in}(), and not by asyncio.",
    )


@pytest.mark.task(4)
@failing
async def test_the_error_is_logged(
    desk: Desk, caplog: pytest.LogCaptureFixture, moment: str, error: Exception
) -> None:
    """If the payment fails after its reader has gone, the error is logged with its traceback."""
    await fail_alone(desk, moment, error)

    call = f"POST {URL} by {READER}, who went away before the payment raised {error!r}"
    check_logged(call, error, caplog.records)


@pytest.mark.task(4)
async def test_the_error_is_logged_all_the_same(
    hurried: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """If the payment fails after three cancellations, the error is logged with its traceback."""
    moment, error = REFUSED
    await fail_alone(hurried, moment, error, stay_s=30)

    call = (
        f"POST {URL} by {READER}, who went away, and two middlewares' deadlines, of 10 s and 20 s, "
        f"cancelled the request before the payment raised {error!r}"
    )
    check_logged(call, error, caplog.records)


@pytest.mark.task(4)
@failing
async def test_ends_as_cancelled_or_failed(desk: Desk, moment: str, error: Exception) -> None:
    """If the payment fails after its reader has gone, CancelledError or the error comes out."""
    how = await fail_alone(desk, moment, error)

    check(
        how == "cancelled" or (how.startswith("raised") and str(error) in how),
        f"POST {URL} by {READER}, who went away before the payment raised {error!r}: the view "
        f"{how}; expected CancelledError, or that error, to come out of it.",
    )


@pytest.mark.task(1)
async def test_all_or_nothing(desk: Desk) -> None:
    """If the last write fails after the reader has gone, nothing of the payment is stored."""
    moment, error = DISK_FULL
    await fail_alone(desk, moment, error)

    call = f"POST {URL} by {READER}, who went away before the last write raised {error!r}"
    check_stored(call, await sync_to_async(stored)(), Stored())


@pytest.mark.task(4)
async def test_the_next_reader_is_served(desk: Desk) -> None:
    """If the payment fails after its reader has gone, the terminal is free for the next one."""
    await fail_alone(desk, *LINE_DOWN)
    desk.bank.fails = None
    async with desk.visit(SECOND) as conversation:
        how = await desk.outcome(SECOND, conversation)

    check(
        how == "answered 201",
        f"POST {URL} by {SECOND}, after a payment that failed when its reader had gone: the view "
        f"{how}; expected a 201.",
    )
