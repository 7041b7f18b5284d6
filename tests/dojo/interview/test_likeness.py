"""Which known wrong answers a candidate's is like."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dojo.interview import resemblance
from dojo.model import Case, Result, Run, State
from tests.dojo.house import KATA, House, views
from tests.dojo.interview.conftest import VIEWS

# These start processes and wait for them, in real time.
pytestmark = [pytest.mark.realtime, pytest.mark.timeout(120)]


def test_likeness_ranks_what_fails_the_same_tests(house: House) -> None:
    """Names of tests decide who is in, the code decides the order; layout and comments do not."""
    house.write(VIEWS, '"""Mine."""\n\n# As I see it.\n' + views(double="(number * 3)"))
    run = failed("test_doubles")

    found = resemblance.find(house.kata(), house.root, run, house.root / f"katas/{KATA}")

    assert {one.name for one in found} == {"tripled", "unchanged", "nothing"}
    assert (found[0].name, found[0].likeness) == ("tripled", 1.0)
    assert all(one.likeness < 1 for one in found[1:])


@pytest.mark.parametrize("tests", [(), ("test_doubles", "test_adds_up")])
def test_nothing_is_like_what_fails_other_tests(house: House, tests: tuple[str, ...]) -> None:
    """Or none at all."""
    folder = house.root / f"katas/{KATA}"

    assert resemblance.find(house.kata(), house.root, failed(*tests), folder) == ()


def test_nothing_is_like_what_was_not_written(house: House) -> None:
    """Its tests fail by the stub, whichever wrong answer fails the same ones."""
    (result,) = failed("test_doubles").results
    for message in ("NotImplementedError: task 1", "GET /double/ raised NotImplementedError: 1"):
        run = Run((replace(result, message=message),))

        assert resemblance.find(house.kata(), house.root, run, house.root / f"katas/{KATA}") == ()


@pytest.mark.parametrize("code", [b"def (", b"\0", b"-" * 50_000 + b"1", b"x = 1\n" * 20_000])
def test_code_of_any_kind_is_compared(code: bytes) -> None:
    """With no word in common, if it is no Python or too much of it."""
    assert resemblance.words(code) == []


def failed(*tests: str) -> Run:
    """Return a run in which these tests failed."""
    cases = (Case(f"test_views.py::{name}", "", 1) for name in tests)
    return Run(tuple(Result(case, State.FAILED) for case in cases))
