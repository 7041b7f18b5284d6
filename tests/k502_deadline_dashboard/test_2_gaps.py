"""A panel that fails or is late leaves a gap, and takes no other with it."""

import pytest

from katas.k502_deadline_dashboard.views import load_all
from tests.k502_deadline_dashboard.board import Board, PanelError, calling

ERRORS = [ConnectionError("refused"), TimeoutError("of its own"), PanelError("no data")]


async def try_to_load(board: Board, within_s: float) -> object:
    """Return what `load_all` returns, or what it raises."""
    async with calling(f"load_all({len(board.panels)} panels, within_s={within_s})", task=2):
        try:
            return await load_all(board.panels, within_s=within_s)
        except Exception as error:
            return error


@pytest.mark.task(2)
async def test_a_late_panel_is_none(board: Board) -> None:
    """Those that answer by the deadline are in the result; those that do not are None."""
    board.add("weather", 0.1)
    board.add("archive", 0.6)
    board.add("traffic", 0.4)
    board.add("polls", 3.0)

    seen = await try_to_load(board, 0.5)

    expected = board.answers(archive=None, polls=None)
    assert seen == expected, board.explain(
        "load_all(4 panels, within_s=0.5), of which archive and polls are late",
        observed=f"{seen!r}",
        expected=f"{expected!r}",
        task=2,
    )


@pytest.mark.task(2)
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
async def test_a_failing_panel_is_none(board: Board, error: Exception) -> None:
    """A panel that raises is None; slower ones are waited for, and keep their answers."""
    board.add("weather", 0.1)
    # Twice that is still in time, and before the last one has answered.
    board.add("letters", 0.15, fails=error)
    board.add("traffic", 0.4)

    seen = await try_to_load(board, 0.5)

    expected = board.answers(letters=None)
    assert seen == expected, board.explain(
        f"load_all(3 panels, within_s=0.5), of which letters raises {error!r}",
        observed=f"{seen!r}",
        expected=f"{expected!r}",
        task=2,
    )
    assert board.service.elapsed == 0.4, board.explain(
        f"load_all(3 panels, within_s=0.5), where letters raises {error!r} and traffic takes 0.4 s",
        observed=f"returned after {board.service.elapsed:g} s",
        expected="0.4 s",
        task=2,
    )
    assert board.service.calls == 3, board.explain(
        f"load_all(3 panels, within_s=0.5), of which letters raises {error!r}",
        observed=f"{board.service.calls} calls",
        expected="3, each panel once",
        task=2,
    )


@pytest.mark.task(2)
async def test_an_empty_answer_is_an_answer(board: Board) -> None:
    """A panel that answers with an empty string is not a gap."""
    board.add("weather", 0.1)
    board.add("corrections", 0.2, answers="")

    seen = await try_to_load(board, 0.5)

    expected = board.answers()
    assert seen == expected, board.explain(
        "load_all(2 panels, within_s=0.5), of which corrections answers ''",
        observed=f"{seen!r}",
        expected=f"{expected!r}",
        task=2,
    )


@pytest.mark.task(2)
async def test_nothing_but_gaps(board: Board) -> None:
    """When nobody answers, each panel is None."""
    board.add("letters", 0.1, fails=PanelError("no data"))
    board.add("archive", 0.9)

    seen = await try_to_load(board, 0.3)

    expected = {"letters": None, "archive": None}
    assert seen == expected, board.explain(
        "load_all(2 panels, within_s=0.3), of which letters raises and archive is late",
        observed=f"{seen!r}",
        expected=f"{expected!r}",
        task=2,
    )
