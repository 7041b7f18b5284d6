"""What Django adapts, from its own log."""

import pytest

from tests.dojo.instruments.child import run

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize(
    "name", ["test_adaptations", "test_no_adaptation", "test_adaptation_of_a_sync_handler"]
)
def test_notes_what_django_adapts(name: str) -> None:
    """In both directions, by the name of the middleware; and nothing when nothing was."""
    outcome = run("ledgers.py")[name]
    assert outcome.state == "passed", outcome.text
