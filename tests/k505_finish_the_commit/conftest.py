"""A membership desk whose bank counts, and whose view is watched."""

import asyncio
from typing import TYPE_CHECKING

import pytest

from dojo.instruments.asgi import Conversations
from katas.k505_finish_the_commit.bank import terminal
from tests.k505_finish_the_commit import witness
from tests.k505_finish_the_commit.bank import Bank
from tests.k505_finish_the_commit.desk import Desk

if TYPE_CHECKING:
    from pytest_django import Settings


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Bank:
    """Put a bank behind the terminal that counts its charges; nobody uses the terminal yet."""
    bank = Bank()
    monkeypatch.setattr(terminal, "charge", bank.charge)
    monkeypatch.setattr(terminal, "free", asyncio.Lock())
    return bank


@pytest.fixture
def desk(transactional_db: None, bank: Bank, asgi: Conversations, settings: "Settings") -> Desk:
    """Open the desk, with a witness right outside of its view."""
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, witness.WITNESS]
    witness.ended.clear()
    witness.tasks.clear()
    return Desk(asgi, bank, witness.ended)


@pytest.fixture
def hurried(desk: Desk, settings: "Settings") -> Desk:
    """Give each request 10 seconds in one middleware, and 20 in another."""
    settings.MIDDLEWARE = [*witness.DEADLINES, *settings.MIDDLEWARE]
    return desk
