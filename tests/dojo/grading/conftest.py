"""What the tests of the grader share: the walls, and one graded batch of attacks."""

from __future__ import annotations

import pytest

from dojo.grading import sandbox
from dojo.grading.sandbox import Level, Limits
from dojo.grading.whitebox import Walls

# Deadlines are far away, so that a busy machine meets none; sizes are small.
LIMITS = Limits(seconds=60, memory_mib=512, disk_mib=16, processes=100, output_mib=2)


@pytest.fixture(scope="session")
def level() -> Level:
    """Return the highest level, which has to be 2: `pip install -e '.[test]'` brings bubblewrap."""
    found = sandbox.probe()
    assert found.number == 2, f"bubblewrap does not work here: {found}"
    return found


@pytest.fixture(scope="session")
def walls(level: Level) -> Walls:
    """Return walls of the highest level, with tight limits."""
    return Walls(level, LIMITS)
