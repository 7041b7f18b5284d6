"""The ledger of hops to threads."""

import pytest

from tests.dojo.instruments.child import run

pytestmark = pytest.mark.timeout(300)


def test_counts_every_hop_of_a_stretch() -> None:
    """Concurrent ones too, sensitive or not, against a baseline."""
    outcome = run("ledgers.py")["test_hops"]
    assert outcome.state == "passed", outcome.text


def test_names_the_line_that_gathered() -> None:
    """Under `gather`, each call has a task of its own, and no line of the learner's above it."""
    outcome = run("ledgers.py")["test_gathered"]
    assert outcome.state == "passed", outcome.text


def test_explains_itself() -> None:
    """With what was called, and from where."""
    text = run("ledgers.py")["test_too_many_hops"].text
    assert "call: 1 hop; expected no hop." in text
    assert "1. int  at tests/dojo/instruments/cases/ledgers.py:" in text
