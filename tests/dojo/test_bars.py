"""The timeline of a test that failed comes out of the child, and nothing else does."""

import json
from typing import Any

import pytest

from dojo import catalogue, runner
from dojo.model import Bar, State
from dojo.runner import bars
from tests.dojo.house import CLONE

SENT = ["fetch('city')", 0, 0.2, "ok"]
READ = Bar("fetch('city')", 0, 0.2, "ok")


@pytest.mark.realtime
@pytest.mark.timeout(300)
def test_a_test_that_failed_has_the_bars_of_its_calls() -> None:
    """One call after another shows as such; a test that passed has no bars."""
    kata = next(kata for kata in catalogue.load(CLONE) if kata.number == "k102")
    answer = kata.solutions / "rejected/task_by_task"

    run = runner.run(kata, CLONE, answers=f"{kata.slug}={answer}")

    drawn = {result.case.function: result.timeline for result in run.results if result.timeline}
    assert drawn["test_front_page_is_as_fast_as_the_slowest_desk"] == (
        Bar("fetch('sport')", 0.0, 0.2, "ok"),
        Bar("fetch('city')", 0.2, 0.4, "ok"),
        Bar("fetch('culture')", 0.4, 0.6, "ok"),
    )
    assert {r.case.function for r in run.results if r.state is State.PASSED}.isdisjoint(drawn)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ([SENT], (READ,)),
        ([["a", None, None, "never awaited"]], (Bar("a", None, None, "never awaited"),)),
        ([SENT] * 999, (READ,) * bars.MOST_BARS),
        ([["x" * 999, 0, 1, "ok"]], (Bar("x" * bars.MOST_LABEL, 0, 1, "ok"),)),
        ([["half \udcff", 0, 1, "ok"]], (Bar("half ?", 0, 1, "ok"),)),
        *(
            ([SENT, wrong], (READ,))
            for wrong in (
                [],
                "four",
                None,
                {"label": "a"},
                [*SENT, "more"],
                [5, 0, 1, "ok"],
                ["a", 0, 1, "<b>"],
                ["a", 0, 1, ["ok"]],
                ["a", "0", 1, "ok"],
                ["a", True, 1, "ok"],
                ["a", -1, 1, "ok"],
                ["a", 0, float("nan"), "ok"],
                ["a", 0, float("inf"), "ok"],
                ["a", 0, 10**400, "ok"],
            )
        ),
        (None, ()),
        ("text", ()),
        ({"a": 1}, ()),
    ],
)
def test_what_can_not_be_a_bar_is_left_out(sent: Any, read: tuple[Bar, ...]) -> None:
    """The report is a file that hostile code can write to."""
    assert bars.read(json.loads(json.dumps(sent))) == read
