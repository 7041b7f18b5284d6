"""What the tests of the grader share: the walls, and a small dojo that is graded soonest."""

from __future__ import annotations

import pytest

from dojo.grading import batch, sandbox
from dojo.grading.kit import Kit
from dojo.grading.sandbox import Level, Limits
from dojo.grading.whitebox import Walls
from tests.dojo.house import House

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


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Make a dojo with one kata that has no checks from outside; no test changes it."""
    house = House(tmp_path_factory.mktemp("plain"))
    house.furnish()
    house.add_kata()
    return house


@pytest.fixture(scope="session")
def plain_kit(plain: House) -> Kit:
    """Return the kit for that dojo, which a batch uses, too."""
    return batch.kit_here(plain.root, (plain.kata(),), None)
