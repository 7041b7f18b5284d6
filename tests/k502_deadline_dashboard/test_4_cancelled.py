"""`load_all` itself is cancelled."""

import asyncio

import pytest

from dojo.instruments.rendezvous import settle
from katas.k502_deadline_dashboard.views import load_all
from tests.k502_deadline_dashboard.board import Board, PanelError


async def cancelled_at(board: Board, after_s: float) -> str:
    """Call `load_all` with 1 s, cancel it after *after_s*, and return how it ended."""
    task = asyncio.create_task(load_all(board.panels, within_s=1.0), name="load_all")
    await asyncio.sleep(after_s)
    in_time = task.cancel()
    await asyncio.wait({task})
    await settle()
    if task.cancelled():
        return "raised CancelledError"
    error = task.exception()
    how = f"returned {task.result()!r}" if error is None else f"raised {error!r}"
    if in_time:
        return how
    how = f"had already {how} when it was to be cancelled at {after_s:g} s"
    return how + ": it did not wait for the clean-up" * (after_s > 1 and error is None)


@pytest.mark.task(4)
async def test_cancels_what_is_in_flight(board: Board) -> None:
    """When `load_all` is cancelled, every panel in flight is cancelled at once."""
    board.add("weather", 0.1)
    board.add("traffic", 0.6)
    board.add("archive", 4.0)

    await cancelled_at(board, 0.3)

    expected = {
        "weather": "ok at 0.1 s",
        "traffic": "cancelled at 0.3 s",
        "archive": "cancelled at 0.3 s",
    }
    assert board.fates == expected, board.explain(
        "load_all(3 panels, within_s=1.0), cancelled after 0.3 s",
        observed=f"at its end {board.fates}",
        expected=f"{expected}",
        task=4,
    )


@pytest.mark.task(4)
async def test_its_cancellation_comes_out(board: Board) -> None:
    """`load_all`, cancelled before the deadline, raises CancelledError."""
    board.add("weather", 0.1)
    board.add("traffic", 0.6)

    seen = await cancelled_at(board, 0.3)

    assert seen == "raised CancelledError", board.explain(
        "load_all(2 panels, within_s=1.0), cancelled after 0.3 s",
        observed=seen,
        expected="CancelledError to come out",
        task=4,
    )


@pytest.mark.task(4)
@pytest.mark.parametrize("hangs_up", [None, PanelError("hung up")], ids=["ends", "raises"])
async def test_its_cancellation_comes_out_during_cleanup(
    board: Board, hangs_up: Exception | None
) -> None:
    """`load_all`, cancelled while it waits for a straggler's clean-up, raises CancelledError."""
    board.add("weather", 0.1)
    board.add("archive", 4.0, cleanup_s=0.5, cleanup_fails=hangs_up)

    seen = await cancelled_at(board, 1.2)
    # What the clean-up makes of it is not judged; here it comes to its end in any case.
    await asyncio.sleep(1)

    assert seen == "raised CancelledError", board.explain(
        "load_all(2 panels, within_s=1.0), cancelled after 1.2 s, during a clean-up of 0.5 s"
        + ", which raises" * bool(hangs_up),
        observed=seen,
        expected="CancelledError to come out",
        task=4,
    )


@pytest.mark.task(4)
@pytest.mark.parametrize(
    ("failed", "hangs_up"),
    [(PanelError("no data"), None), (None, PanelError("hung up"))],
    ids=["failed before", "fails in its clean-up"],
)
async def test_its_cancellation_comes_out_among_errors(
    board: Board, failed: Exception | None, hangs_up: Exception | None
) -> None:
    """What a panel raises, before or in its clean-up, does not come out in place of it."""
    board.add("letters", 0.1, fails=failed)
    board.add("traffic", 4.0, cleanup_s=0.2, cleanup_fails=hangs_up)

    seen = await cancelled_at(board, 0.3)
    # Whether the clean-up goes on is not judged here; it comes to its end in any case.
    await asyncio.sleep(1)

    which = "letters has failed" if failed else "the clean-up of traffic fails"
    assert seen == "raised CancelledError", board.explain(
        f"load_all(2 panels, within_s=1.0), cancelled after 0.3 s, and {which}",
        observed=seen,
        expected="CancelledError to come out",
        task=4,
    )


@pytest.mark.task(4)
@pytest.mark.parametrize("hangs_up", [None, PanelError("hung up")], ids=["end", "one raises"])
async def test_no_cleanup_outlives_it(board: Board, hangs_up: Exception | None) -> None:
    """When its CancelledError is out, each clean-up has ended or was interrupted: none goes on."""
    # Not during the clean-ups: Python 3.11's `wait_for` leaves them behind then.
    after_s = 0.3
    board.add("traffic", 4.0)
    board.add("polls", 4.0, cleanup_s=0.3, cleanup_fails=hangs_up)
    board.add("archive", 4.0, cleanup_s=0.5)

    await cancelled_at(board, after_s)

    seen = board.cleanups
    over = {name for name, outcome in seen.items() if outcome != "running"}
    assert over == {"polls", "archive"}, board.explain(
        f"load_all(3 panels, within_s=1.0), cancelled after {after_s} s; "
        "polls takes 0.3 s to clean up" + ", and then raises" * bool(hangs_up) + "; archive 0.5 s",
        observed=f"when it had ended, at {board.service.elapsed:g} s, the clean-ups were {seen}",
        expected="both to be over, 'ok' or 'cancelled'",
        task=4,
    )
