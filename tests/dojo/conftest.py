"""What the tests of the dojo share."""

import os
from collections.abc import Callable, Iterator

import pytest

from tests.dojo.house import CLONE, House

Build = Callable[[], House]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    """Return a function that makes a dojo with one sound kata, k101_double."""

    def build() -> House:
        house = House(tmp_path_factory.mktemp("house"))
        house.add_kata()
        return house

    with pytest.MonkeyPatch.context() as patch:
        # Children find `dojo` where it is not installed, too.
        patch.setenv("PYTHONPATH", str(CLONE), prepend=os.pathsep)
        yield build


@pytest.fixture
def house(build: Build, monkeypatch: pytest.MonkeyPatch) -> House:
    """Make a dojo with one sound kata, k101_double, and stand in it."""
    house = build()
    monkeypatch.chdir(house.root)
    return house
