"""The wrong views of k104: each is the right one with one thing broken, and each is judged."""

import difflib
import re
from pathlib import Path

import pytest

from tests.dojo.house import CLONE

SUITE = CLONE / "tests" / "k104_prove_it"
MUTANTS = sorted((SUITE / "mutants").glob("*.py"))
RIGHT = CLONE / "katas" / "k104_prove_it" / "views.py"
# The docstring, an import, and the line or two that are wrong.
MOST_CHANGED = 4


def test_every_mutant_is_judged() -> None:
    """A wrong view that no test of the suite names would never be missed."""
    suite = (SUITE / "test_prove_it.py").read_text(encoding="utf-8")
    lists = re.findall(r'"mutant", \[(.*?)\]', suite, re.DOTALL)

    named = re.findall(r'"(\w+)"', " ".join(lists))

    assert sorted(named) == [path.stem for path in MUTANTS]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda path: path.stem)
def test_a_mutant_is_the_right_view_but_for_one_thing(mutant: Path) -> None:
    """Whoever changes the right view changes the wrong ones with it."""
    right, wrong = (path.read_text(encoding="utf-8").splitlines() for path in (RIGHT, mutant))

    changes = [line for line in difflib.ndiff(right, wrong) if line.startswith(("+ ", "- "))]

    for sign in "+-":
        changed = [line for line in changes if line.startswith(sign)]
        assert len(changed) <= MOST_CHANGED, "\n".join(changes)
