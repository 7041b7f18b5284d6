"""At the deadline: who is late is cancelled, and has ended before the result is there."""

import pytest

from katas.k502_deadline_dashboard.views import load_all
from tests.k502_deadline_dashboard.board import Board, PanelError

CALL = "load_all(3 panels, within_s=0.5), of which polls and archive are late"


def fill(board: Board) -> None:
    """Add one panel in time and two that are late and need 0.1 s and 0.3 s to clean up."""
    board.add("weather", 0.2)
    board.add("polls", 2.0, cleanup_s=0.1)
    board.add("archive", 4.0, cleanup_s=0.3)


@pytest.mark.task(3)
async def test_stragglers_are_cancelled_at_the_deadline(board: Board) -> None:
    """Every panel that is late is cancelled at the deadline, none of them later."""
    fill(board)

    await load_all(board.panels, within_s=0.5)

    expected = {
        "weather": "ok at 0.2 s",
        "polls": "cancelled at 0.5 s",
        "archive": "cancelled at 0.5 s",
    }
    assert board.fates == expected, board.explain(
        CALL, observed=f"at its return {board.fates}", expected=f"{expected}", task=3
    )


@pytest.mark.task(3)
async def test_cleanups_have_ended(board: Board) -> None:
    """When `load_all` returns, the clean-up of every straggler has come to its own end."""
    fill(board)

    await load_all(board.panels, within_s=0.5)

    expected = {"polls": "ok", "archive": "ok"}
    assert board.cleanups == expected, board.explain(
        CALL,
        observed=f"at its return, the clean-ups are {board.cleanups}",
        expected=f"{expected}",
        task=3,
    )


@pytest.mark.task(3)
async def test_cleanups_run_at_the_same_time(board: Board) -> None:
    """The result is there when the longest clean-up has ended."""
    fill(board)

    await load_all(board.panels, within_s=0.5)

    assert board.service.elapsed == 0.8, board.explain(
        f"{CALL} and take 0.1 s and 0.3 s to clean up",
        observed=f"returned after {board.service.elapsed:g} s",
        expected="0.8 s, the deadline and the longer clean-up",
        task=3,
    )


@pytest.mark.task(3)
async def test_a_failing_cleanup_is_a_gap(board: Board) -> None:
    """What a straggler raises while it cleans up is no reason to lose the others."""
    board.add("weather", 0.2)
    board.add("polls", 2.0, cleanup_s=0.1, cleanup_fails=PanelError("hung up"))
    board.add("archive", 4.0, cleanup_s=0.3)

    seen: object
    try:
        seen = await load_all(board.panels, within_s=0.5)
    except Exception as error:
        seen = error

    expected = board.answers(polls=None, archive=None)
    assert seen == expected, board.explain(
        f"{CALL}, and the clean-up of polls raises",
        observed=f"{seen!r}",
        expected=f"{expected!r}",
        task=3,
    )
