"""A reference answer passes where a learner writes it, too: in ``katas/``, in a fork.

Here are katas of each kind that could be told from its answer over the given files: what one adds
to a kata, models with a database of their own, settings and an application. `dojo verify` proves
all answers in forks, and `dojo branch --test solutions` all of them in their place, on each Django.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dojo import catalogue, runner
from dojo.model import Kata
from tests.dojo.house import CLONE

# These start processes and wait for them, in real time.
pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]

NAMES = ("k104", "k402", "k506")
KATAS = [kata for kata in catalogue.load(CLONE) if kata.number in NAMES]


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a clone in which these katas are solved."""
    root = tmp_path_factory.mktemp("solved")
    ignore = shutil.ignore_patterns("__pycache__", "dojo")
    for name in ("katas", "tests"):
        shutil.copytree(CLONE / name, root / name, ignore=ignore)
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(CLONE / name, root)
    for kata in KATAS:
        answer = catalogue.solutions(kata, CLONE).answer
        shutil.copytree(answer, root / "katas" / kata.slug, dirs_exist_ok=True, ignore=ignore)
    return root


@pytest.fixture(scope="module")
def spawn(solved: Path) -> Iterator[runner.Spawn | None]:
    """Return what runs a suite as `dojo` does at each save."""
    with runner.warm_spawn(solved) as spawn:
        yield spawn


@pytest.mark.parametrize("kata", KATAS, ids=lambda kata: kata.number)
def test_the_answer_passes_in_the_learners_place(
    solved: Path, spawn: runner.Spawn | None, kata: Kata
) -> None:
    there = catalogue.find(catalogue.load(solved), kata.slug)

    run = runner.run(there, solved, spawn=spawn)

    assert run.passed, [*run.obstacles, *run.failures]
