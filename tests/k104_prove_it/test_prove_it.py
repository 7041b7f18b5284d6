"""Your tests, judged: the right view passes all of them, each wrong view fails at least one."""

from pathlib import Path
from typing import NoReturn

import pytest

from dojo.model import Result, State
from tests.k104_prove_it.outcome import Outcome
from tests.k104_prove_it.trials import what_it_does

# The children keep clocks of their own. All of them together take a second; the limit is for a
# machine that can't fork, and for tests that hang.
pytestmark = [pytest.mark.realtime, pytest.mark.timeout(120)]


@pytest.mark.task(1)
def test_pytest_collects_them(folder: Path, right: Outcome) -> None:
    """Pytest finds your tests and can import them."""
    found = right.run.obstacles
    if {"collected": 0} in right.notes and not any(each.error for each in found):
        given = {"__init__.py", "urls.py", "views.py"}
        files = sorted(path.name for path in folder.glob("*.py") if path.name not in given)
        fail(
            f"pytest collected no test. It saw {', '.join(files) or 'no file'}; it takes the files "
            "test_*.py and *_test.py, and in them the functions test_* and the classes Test*."
        )
    if found:
        reasons = (f"{each.where} {each.error}: {each.message}".strip(" :") for each in found)
        fail("pytest could not collect your tests:", *reasons)


@pytest.mark.task(1)
def test_they_pass_on_the_right_view(right: Outcome) -> None:
    """The view as it is given passes every one of your tests."""
    if right.failures:
        fail("Against the right view, where all should pass:", *map(told, right.failures))


@pytest.mark.task(1)
def test_none_is_skipped(right: Outcome) -> None:
    """No test is skipped, or marked as one that is expected to fail."""
    if right.skipped:
        fail(
            "Expected every test to run and to pass; a test that does not proves nothing:",
            *(
                f"{test}: {note['how']}, {note['why'] or 'for no reason that is given'}"
                for test, note in right.skipped.items()
            ),
        )


@pytest.mark.task(1)
def test_they_pass_on_another_right_view(rewritten: Outcome) -> None:
    """A view that does the same, written differently, passes every one of your tests."""
    if rewritten.failures or not rewritten.run.results:
        ended = [each for each in rewritten.failures if each.state is not State.MISSING]
        fail(
            "Against a second right view, which answers and stores the same and is written "
            "differently (tests/k104_prove_it/right/rewritten.py); on the given one all pass:",
            *map(told, ended),
            *(obstacle.message for obstacle in rewritten.run.obstacles),
        )


@pytest.mark.task(2)
def test_they_pass_backwards(green: Outcome, outcomes: dict[str, Outcome]) -> None:
    """The last test first, the first test last: all of them pass as before."""
    backwards = outcomes["backwards"]
    if backwards.failures or not backwards.run.results:
        fail(
            "In reverse order, on the right view; in file order all pass:",
            *map(told, backwards.failures),
            *(obstacle.message for obstacle in backwards.run.obstacles),
        )


@pytest.mark.task(2)
def test_they_leave_no_rows(green: Outcome) -> None:
    """When your tests are over, the tables are as empty as before."""
    if green.left:
        test, rows = green.left
        found = ", ".join(f"{number} × {kind}" for kind, number in rows.items())
        fail(f"{test} left rows behind: at the end the database holds {found}; expected none.")


@pytest.mark.task(3)
@pytest.mark.parametrize(
    "mutant", ["wrong_status", "missing_404", "wrong_json", "drafts_leak", "not_the_latest"]
)
def test_wrong_answers_are_noticed(clean: dict[str, Outcome], mutant: str) -> None:
    """A view that answers wrongly fails at least one of your tests."""
    judge(clean, mutant, task=3)


@pytest.mark.task(3)
@pytest.mark.parametrize("mutant", ["any_method"])
def test_wrong_methods_are_noticed(clean: dict[str, Outcome], mutant: str) -> None:
    """A view that takes any method fails at least one of your tests."""
    judge(clean, mutant, task=3)


@pytest.mark.task(4)
@pytest.mark.parametrize(
    "mutant", ["not_saved", "save_never_awaited", "published_at_once", "get_stores_a_row"]
)
def test_wrong_rows_are_noticed(clean: dict[str, Outcome], mutant: str) -> None:
    """A view that stores too little or too much fails at least one of your tests."""
    judge(clean, mutant, task=4)


@pytest.mark.task(5)
@pytest.mark.parametrize(
    "mutant", ["clock_never_awaited", "clock_never_asked", "clock_not_believed"]
)
def test_a_clock_not_asked_is_noticed(clean: dict[str, Outcome], mutant: str) -> None:
    """A view that does not tell the time of the clock fails at least one of your tests."""
    judge(clean, mutant, task=5)


@pytest.mark.task(5)
@pytest.mark.parametrize("mutant", ["blocks_the_loop"])
def test_a_blocked_loop_is_noticed(clean: dict[str, Outcome], mutant: str) -> None:
    """A view that blocks the event loop fails at least one of your tests."""
    judge(clean, mutant, task=5)


def judge(outcomes: dict[str, Outcome], mutant: str, *, task: int) -> None:
    """Fail unless one of the learner's tests has failed against *mutant*."""
    outcome = outcomes.get(mutant)
    if outcome is None:
        fail(f"{mutant}: not tried, as the process ended too early that ran the right view.")
    if any(result.state is State.FAILED for result in outcome.run.results):
        return
    unfinished = [result for result in outcome.failures if result.state is not State.MISSING]
    if unfinished or outcome.run.obstacles:
        seen = ["Your tests did not come to an end against it:", *map(told, unfinished)]
        seen += [obstacle.message for obstacle in outcome.run.obstacles]
    else:
        seen = [f"Tests that ran against it: {len(outcome.run.results)}. All passed."]
    fail(
        f"survived: {mutant}. {what_it_does(mutant)}",
        *seen,
        f"Expected at least one test to fail. (task {task})",
    )


def told(result: Result) -> str:
    """Say how one of the learner's tests has ended, and where."""
    kind = "" if result.error in {"", "Failed"} else f"{result.error}: "
    where = f"\n    at {result.where}" if result.where else ""
    return f"{result.case.id}: {kind}{result.message}{where}"


def fail(*lines: str) -> NoReturn:
    """Fail with *lines*, and without the lines of this file."""
    pytest.fail("\n".join(lines), pytrace=False)
