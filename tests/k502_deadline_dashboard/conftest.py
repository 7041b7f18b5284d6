"""The board that the tests fill, and the site that shows it."""

from collections.abc import Iterator

import pytest

from dojo.instruments.service import Service
from katas.k502_deadline_dashboard.panels import PANELS
from tests.k502_deadline_dashboard import elsewhere
from tests.k502_deadline_dashboard.board import Board


@pytest.fixture
def board(service: Service) -> Board:
    """Give a board without panels."""
    return Board(service)


@pytest.fixture
def page(board: Board) -> Iterator[Board]:
    """Give a board without panels, which is the one that the site shows."""
    given = dict(PANELS)
    PANELS.clear()
    board.panels = PANELS
    yield board
    PANELS.clear()
    PANELS.update(given)


@pytest.fixture
def another_page(board: Board) -> Iterator[Board]:
    """Give a board without panels, which is the one that `elsewhere` shows."""
    board.panels = elsewhere.PANELS
    yield board
    elsewhere.PANELS.clear()
