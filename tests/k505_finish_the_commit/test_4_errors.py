"""The payment fails when the reader has gone: somebody has to hear of it."""

import logging

import pytest

from tests.k505_finish_the_commit.desk import READER, SECOND, SUITE, URL, Desk

pytestmark = SUITE

ERRORS = [ConnectionError("the line is down"), ValueError("no such card")]


async def fail_alone(desk: Desk, error: Exception) -> str:
    """Let a payment fail after its reader has gone; return how the view ended."""
    desk.bank.fails = error
    async with desk.paying() as visit:
        await visit.leave()
        return await visit.end()


@pytest.mark.task(4)
@pytest.mark.parametrize("error", ERRORS, ids=["bank", "card"])
async def test_the_error_is_logged(
    desk: Desk, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    """If the payment fails after its reader has gone, the error is logged with its traceback."""
    await fail_alone(desk, error)

    logged = [
        f"{record.name}: {logging.Formatter().format(record)}"
        for record in caplog.records
        if record.levelno >= logging.ERROR
    ]
    # asyncio complains of what nobody asked for when the garbage is collected, if at all.
    counted = [text for text in logged if not text.startswith("asyncio:")]
    assert any("Traceback" in text and str(error) in text for text in counted), (
        f"POST {URL} by {READER}, who went away before the bank raised {error!r}; logged at level "
        f"ERROR: {logged}; expected a record with the traceback of that error, and not by asyncio."
    )


@pytest.mark.task(4)
@pytest.mark.parametrize("error", ERRORS, ids=["bank", "card"])
async def test_ends_as_cancelled_or_failed(desk: Desk, error: Exception) -> None:
    """If the payment fails after its reader has gone, CancelledError or the error comes out."""
    how = await fail_alone(desk, error)

    assert how == "cancelled" or (how.startswith("raised") and str(error) in how), (
        f"POST {URL} by {READER}, who went away before the bank raised {error!r}: the view {how}; "
        "expected CancelledError, or that error, to come out of it."
    )


@pytest.mark.task(4)
async def test_the_next_reader_is_served(desk: Desk) -> None:
    """If the payment fails after its reader has gone, the terminal is free for the next one."""
    await fail_alone(desk, ERRORS[0])
    desk.bank.fails = None
    async with desk.visit(SECOND) as conversation:
        how = await desk.outcome(SECOND, conversation)

    assert how == "answered 201", (
        f"POST {URL} by {SECOND}, after a payment that failed when its reader had gone: the view "
        f"{how}; expected a 201."
    )
