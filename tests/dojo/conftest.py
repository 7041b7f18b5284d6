"""What the tests of the dojo share."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dojo import runner
from dojo.model import Kata, Run
from dojo.runner import Spawn
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


@contextmanager
def forks(root: Path) -> Iterator[None]:
    """Let what runs suites at *root*, each in a fresh process, take forks of one, in the block.

    To start a process takes five times as long as such a suite; that both come to the same is what
    ``test_warm.py`` proves.
    """
    run_afresh = runner.run
    with runner.warm_spawn(root) as forked, pytest.MonkeyPatch.context() as patch:

        def run(kata: Kata, root: Path, *, spawn: Spawn | None = None, **options: Any) -> Run:
            return run_afresh(kata, root, spawn=spawn or forked, **options)

        patch.setattr(runner, "run", run)
        yield


@pytest.fixture
def in_forks(house: House) -> Iterator[None]:
    """Let the test's suites run in forks of one process."""
    house.furnish()
    with forks(house.root):
        yield
