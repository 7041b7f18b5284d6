"""At the deadline: who is late is cancelled, and has ended before the result is there."""

import asyncio

import pytest

from katas.k502_deadline_dashboard.views import load_all
from tests.k502_deadline_dashboard.board import Board, PanelError, calling

CALL = "load_all(3 panels, within_s=0.5), of which polls and archive are late"


def fill(board: Board, longest_s: float = 0.3) -> None:
    """Add one panel in time and two that are late and need 0.1 s and *longest_s* to clean up."""
    board.add("weather", 0.2)
    board.add("polls", 2.0, cleanup_s=0.1)
    board.add("archive", 4.0, cleanup_s=longest_s)


@pytest.mark.task(3)
async def test_stragglers_are_cancelled_at_the_deadline(board: Board) -> None:
    """Every panel that is late is cancelled at the deadline, none of them later."""
    fill(board)

    async with calling(CALL, task=3):
        await load_all(board.panels, within_s=0.5)

    expected = {
        "weather": "ok at 0.2 s",
        "polls": "cancelled at 0.5 s",
        "archive": "cancelled at 0.5 s",
    }
    assert board.fates == expected, board.explain(
        CALL,
        observed=board.still_running or f"at its return {board.fates}",
        expected=f"{expected}",
        task=3,
    )


@pytest.mark.task(3)
@pytest.mark.parametrize("longest_s", [0.3, 60.0])
async def test_cleanups_have_ended(board: Board, longest_s: float) -> None:
    """When `load_all` returns, the clean-up of every straggler has come to its own end."""
    fill(board, longest_s)

    async with calling(CALL, task=3):
        await load_all(board.panels, within_s=0.5)

    expected = {"polls": "ok", "archive": "ok"}
    assert board.cleanups == expected, board.explain(
        f"{CALL} and take 0.1 s and {longest_s:g} s to clean up",
        observed=f"at its return, the clean-ups are {board.cleanups}",
        expected=f"{expected}",
        task=3,
    )


@pytest.mark.task(3)
async def test_cleanups_run_at_the_same_time(board: Board) -> None:
    """The result is there when the longest clean-up has ended."""
    fill(board)

    async with calling(CALL, task=3):
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
    async with calling(f"{CALL}, and the clean-up of polls raises", task=3):
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


@pytest.mark.task(3)
async def test_panels_of_another_call_go_on(board: Board) -> None:
    """At its deadline, a call cancels its own panels, and nothing of a call that began later."""
    board.add("archive", 4.0)
    board.add("weather", 1.0)
    first, later = ({name: board.panels[name]} for name in ("archive", "weather"))

    one = asyncio.create_task(load_all(first, within_s=0.5), name="first")
    await asyncio.sleep(0.1)
    other = asyncio.create_task(load_all(later, within_s=2), name="later")
    seen: list[object] = list(await asyncio.gather(one, other, return_exceptions=True))

    expected = [{"archive": None}, {"weather": board.service.answers["weather"]}]
    assert seen == expected, board.explain(
        "load_all(archive, within_s=0.5), and at 0.1 s load_all(weather, within_s=2)",
        observed=f"{seen!r}",
        expected=f"{expected!r}",
        task=3,
    )


@pytest.mark.task(3)
async def test_who_calls_is_not_left_cancelled(board: Board) -> None:
    """After a deadline, the task that called `load_all` is not marked as cancelled."""
    board.add("weather", 0.2)
    board.add("polls", 2.0)
    board.add("archive", 4.0)

    async def call() -> int:
        await load_all(board.panels, within_s=0.5)
        task = asyncio.current_task()
        return 0 if task is None else task.cancelling()

    async with calling(CALL, task=3):
        asked = await asyncio.create_task(call(), name="load_all")

    assert asked == 0, board.explain(
        CALL,
        observed=f"then, in the task that called it, current_task().cancelling() is {asked}",
        expected="0: nobody wants that task to end",
        task=3,
    )


@pytest.mark.task(3)
async def test_who_calls_is_not_cancelled_later(board: Board) -> None:
    """When `load_all` has returned early, the task that called it goes on beyond the deadline."""
    board.add("weather", 0.2)

    async def call() -> None:
        await load_all(board.panels, within_s=0.5)
        await asyncio.sleep(1)

    task = asyncio.create_task(call(), name="load_all")
    await asyncio.wait({task})

    assert not task.cancelled(), board.explain(
        "load_all(1 panel, within_s=0.5), whose panel answers at 0.2 s",
        observed=f"the task that called it was cancelled at {board.service.elapsed:g} s",
        expected="it to go on",
        task=3,
    )
    await task
