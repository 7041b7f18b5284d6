"""All at once, and not a moment longer than the deadline."""

import asyncio
import threading

import pytest

from katas.k502_deadline_dashboard.views import load_all
from tests.k502_deadline_dashboard.board import Board, calling

# More than anybody would take for a limit without saying so.
MANY = 20


@pytest.mark.task(1)
async def test_returns_answers_by_name(board: Board) -> None:
    """Each panel is called once, and its answer is in the result under its name."""
    for name, takes_s in {"weather": 0.3, "traffic": 0.1, "polls": 0.2}.items():
        board.add(name, takes_s)

    results = await load_all(board.panels, within_s=0.5)

    call = "load_all() with 3 panels that answer in time"
    assert board.service.calls == 3, board.service.explain(call, expected="3 calls", task=1)
    expected = board.answers()
    assert results == expected, board.explain(
        call, observed=f"returned {results!r}", expected=f"{expected!r}", task=1
    )


@pytest.mark.task(1)
async def test_all_panels_are_in_flight_together(board: Board) -> None:
    """At one moment all panels are in flight, on the server's own event loop."""
    for number in range(MANY):
        board.add(f"panel {number}", 0.1 * (1 + number % 3))

    await load_all(board.panels, within_s=3)

    call = f"load_all({MANY} panels, within_s=3)"
    assert board.service.peak_in_flight == MANY, board.service.explain(
        call, expected=f"{MANY} panels in flight together", task=1
    )
    here = threading.current_thread().name
    used = {str(span.thread) for span in board.spans().values()}
    assert used == {here}, board.explain(
        call,
        observed=f"the panels ran on {', '.join(sorted(used))}",
        expected=f"all of them on {here}, the thread of the server's event loop",
        task=1,
    )


@pytest.mark.task(1)
async def test_returns_when_the_last_has_answered(board: Board) -> None:
    """When all have answered before the deadline, nobody waits for it."""
    board.add("weather", 0.1)
    board.add("traffic", 0.37)
    board.add("polls", 0.2)

    await load_all(board.panels, within_s=0.8)

    assert board.service.elapsed == 0.37, board.explain(
        "load_all(3 panels, within_s=0.8), the slowest of which takes 0.37 s",
        observed=f"returned after {board.service.elapsed:g} s",
        expected="0.37 s",
        task=1,
    )


@pytest.mark.task(1)
@pytest.mark.parametrize("within_s", [0.5, 0.7])
async def test_returns_at_the_deadline(board: Board, within_s: float) -> None:
    """However many panels are late, there is one deadline, counted from the call."""
    board.add("weather", 0.1)
    for name in ("traffic", "polls", "archive"):
        board.add(name, 2.0)

    call = f"load_all(4 panels, within_s={within_s}), 3 of which take 2 s"
    async with calling(call, task=1):
        await load_all(board.panels, within_s=within_s)

    assert board.service.elapsed == within_s, board.explain(
        call,
        observed=f"returned after {board.service.elapsed:g} s",
        expected=f"{within_s} s",
        task=1,
    )


@pytest.mark.task(1)
async def test_two_calls_at_the_same_time(board: Board) -> None:
    """Each of two calls returns the answers of its own panels, and no others."""
    for name, takes_s in {"here": 0.1, "abroad": 0.3, "polls": 0.2, "archive": 0.2}.items():
        board.add(name, takes_s)
    one = {"weather": board.panels["here"], "polls": board.panels["polls"]}
    other = {"weather": board.panels["abroad"], "archive": board.panels["archive"]}

    calls = (load_all(panels, within_s=0.5) for panels in (one, other))
    results: list[object] = list(await asyncio.gather(*calls))

    answers = board.service.answers
    expected = [
        {"weather": answers["here"], "polls": answers["polls"]},
        {"weather": answers["abroad"], "archive": answers["archive"]},
    ]
    assert results == expected, board.explain(
        "two calls of load_all at the same time, with a panel 'weather' each",
        observed=f"returned {results!r}",
        expected=f"{expected!r}",
        task=1,
    )


@pytest.mark.task(1)
async def test_no_panels(board: Board) -> None:
    """Without panels the result is empty, and there at once."""
    try:
        results = await load_all({}, within_s=0.5)
    except ValueError as error:
        pytest.fail(f"load_all({{}}, within_s=0.5) raised {error!r}; expected {{}}. (task 1)")

    assert results == {}, f"load_all({{}}, within_s=0.5) returned {results!r}; expected {{}}."
    assert board.service.elapsed == 0.0, board.explain(
        "load_all({}, within_s=0.5)",
        observed=f"returned after {board.service.elapsed:g} s",
        expected="to return at once",
        task=1,
    )
