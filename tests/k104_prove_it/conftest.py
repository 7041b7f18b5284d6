"""The trials of the learner's tests, made once, and what has to hold before they are judged."""

from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

import katas.k104_prove_it
from tests.k104_prove_it import trials
from tests.k104_prove_it.outcome import Outcome

Outcomes = dict[str, Outcome]


@pytest.fixture(scope="session")
def folder() -> Path:
    """The folder that holds the learner's tests."""
    return Path(katas.k104_prove_it.__path__[0])


@pytest.fixture(scope="session")
def outcomes(
    folder: Path, pytestconfig: pytest.Config, django_db_blocker: DjangoDbBlocker
) -> Outcomes:
    """What became of each trial that was made, by name."""
    return trials.make(folder, pytestconfig.rootpath, django_db_blocker)


@pytest.fixture(scope="session")
def right(outcomes: Outcomes) -> Outcome:
    """The learner's tests on the right view, in the order in which pytest takes them."""
    return outcomes["right"]


@pytest.fixture
def green(right: Outcome) -> Outcome:
    """The same, for what is judged only when there are tests and they all pass."""
    if not right.run.results or right.run.obstacles or right.failures or right.skipped:
        pytest.skip("not judged: your tests do not all pass on the right view yet (task 1)")
    return right


@pytest.fixture
def rewritten(green: Outcome, outcomes: Outcomes) -> Outcome:
    """The same tests on a right view that is written differently."""
    return outcomes["rewritten"]


@pytest.fixture
def clean(green: Outcome, rewritten: Outcome, outcomes: Outcomes) -> Outcomes:
    """All outcomes, for what is judged only when no test gets in the way of another."""
    if rewritten.failures or not rewritten.run.results:
        pytest.skip("not judged: your tests know the view by its spelling (task 1)")
    backwards = outcomes["backwards"]
    if backwards.failures or not backwards.run.results or green.left:
        pytest.skip("not judged: your tests get in each other's way (task 2)")
    return outcomes
