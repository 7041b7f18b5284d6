"""Checks from outside: what is a verdict on a site, what is a fault of ours, and their proofs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from dojo import catalogue
from dojo.blackbox import Draw, Site, checks, not_judged
from dojo.blackbox.checks import FILE, Check, Checks
from dojo.grading import judge, kit, outside, proofs
from dojo.grading.model import Box, TestMark, Verdict
from dojo.grading.outside import Stand, spot_in_checks
from dojo.grading.proofs import STUB, Attempt
from dojo.grading.whitebox import Walls
from dojo.model import DojoError
from dojo.site.standing_clock import StandingClock
from tests.dojo.grading.conftest import LIMITS
from tests.dojo.house import CLONE

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]
KATA = catalogue.find(catalogue.load(CLONE), "k102_fan_out")
STUMBLING = '''
"""Checks that raise what they are told to."""

import json


def raises(error):
    raise error


def reads(answer):
    return answer["reader"]


def parses(text):
    return json.loads(text)
'''
NOT_LOADED = "raise NotImplementedError('task 1: the rest of this file')\n"


def caught(function: object, argument: object) -> BaseException:
    """Return what a function raises."""
    assert callable(function)
    with pytest.raises(BaseException) as info:  # noqa: PT011
        function(argument)
    return info.value


def test_only_what_the_checks_own_code_raises_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(STUMBLING)
    module = checks.imported(tmp_path / FILE)

    assert spot_in_checks(caught(module.reads, [])) == f"{tmp_path.name}/{FILE}:12"
    assert spot_in_checks(caught(module.raises, NameError("name 'reader'")))
    for of_the_site in (AssertionError(), httpx.ReadError(""), ConnectionResetError(), EOFError()):
        assert not spot_in_checks(caught(module.raises, of_the_site))
    assert not spot_in_checks(caught(module.parses, "[" * 100_000)), "a library's, on what was sent"


@pytest.fixture(scope="module")
def stand(walls: Walls, tmp_path_factory: pytest.TempPathFactory) -> Stand:
    """Return a site whose application can't be loaded, without checks."""
    submission = tmp_path_factory.mktemp("submission")
    submission.chmod(0o755)
    (submission / "views.py").write_text(NOT_LOADED)
    own = kit.build(CLONE, [KATA], tmp_path_factory.mktemp("kit"))
    # The URLs are imported with the application, as a middleware of the submission would be.
    settings = {"MIDDLEWARE": ["katas.k102_fan_out.views.no_middleware"]}
    return Stand(own, KATA, Checks((), settings=settings), submission, walls.level, LIMITS, "seed")


async def never_made(site: Site, draw: Draw) -> None:
    raise NameError("no site, no check")


def test_a_site_that_cannot_be_loaded_fails_and_says_why(stand: Stand) -> None:
    mark = outside.mark(stand, Check("never", "Never.", 1, never_made))

    assert mark.verdict is Verdict.FAILED
    assert mark.message == (
        "The site can't be loaded: NotImplementedError: task 1: the rest of this file"
    )


def test_a_check_that_stumbles_is_no_zero(
    stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is an error of the grader, which says what to mend, and a proof that does not hold."""
    (tmp_path / FILE).write_text("async def reads(site, draw):\n    return {}['reader']\n")
    check = Check("reads", "Reads.", 1, checks.imported(tmp_path / FILE).reads)

    async def up(self: object) -> None:
        """Do not wait for the site."""

    monkeypatch.setattr(outside.Judged, "up", up)
    with pytest.raises(DojoError, match=rf"{FILE}:2: the check reads stumbles: KeyError: 'reader'"):
        outside.mark(stand, check)
    mark = proofs.marked(stand, check)
    assert (mark.verdict, mark.error) == (Verdict.GRADER_ERROR, "DojoError")
    assert "no verdict" in Attempt(KATA, "rejected/wrong", mark, frozenset({1})).problem


async def sees_nothing(site: Site, draw: Draw) -> None:
    not_judged("The view is sync, which is of task 2.")


def test_a_check_that_cannot_see_its_task_gives_no_verdict(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says why; no points, and no suspicion of a task that passes inside."""

    async def up(self: object) -> None:
        """Do not wait for the site."""

    monkeypatch.setattr(outside.Judged, "up", up)
    mark = outside.mark(stand, Check("sees", "Sees.", 1, sees_nothing))

    assert (mark.verdict, mark.message) == (
        Verdict.NOT_JUDGED,
        "The view is sync, which is of task 2.",
    )
    inside = [
        TestMark(f"test_views.py::test_{task}", "Inside.", task, verdict)
        for task, verdict in ((1, Verdict.PASSED), (2, Verdict.FAILED))
    ]
    assert doubts(inside, mark) == set()
    assert doubts(inside, replace(mark, verdict=Verdict.FAILED)) == {1}
    points = judge.give_points(KATA, [*inside, mark], nothing=False)
    assert [test.earned > 0 for test in points] == [True, False, False]
    points = judge.give_points(KATA, [*inside, mark], nothing=False, in_doubt={1})
    assert [test.earned for test in points] == [0, 0, 0]


def doubts(inside: Sequence[TestMark], mark: TestMark, *involves: int) -> set[int]:
    """Return the tasks in doubt when *mark* is what became of the one check there is."""
    check = Check("sees", "Sees.", 1, sees_nothing, involves=frozenset(involves))
    return judge.contradicted(inside, {check.id: mark}, [check])


def test_no_task_is_in_doubt_for_the_fault_of_another() -> None:
    """Of a check that involves task 2, task 1 is suspected only where both pass inside."""
    passed = [TestMark(f"t.py::test_{task}", "", task, Verdict.PASSED) for task in (1, 2, 3)]
    other, another = (replace(passed[n], verdict=Verdict.FAILED) for n in (1, 2))
    outside_fails = TestMark("", "", 1, Verdict.FAILED, Box.BLACK, error="AssertionError")
    died = TestMark("", "", 1, Verdict.CRASHED, Box.BLACK, message="The site was ended: killed.")
    not_loaded = replace(outside_fails, error="", message=f"{outside.NOT_LOADED}: ImportError")

    for mark in (outside_fails, died):
        assert doubts(passed, mark, 2) == {1}
        assert doubts([passed[0], other, passed[2]], mark, 2) == set()
        assert doubts([passed[0], other, passed[2]], mark) == {1}
        assert doubts([*passed[:2], another], mark, 2) == {1}
    # Without a site all checks fail, whatever keeps it from being there.
    assert doubts(passed, not_loaded) == {1}
    assert doubts([*passed[:2], another], not_loaded) == set()


def attempt(answer: str, verdict: Verdict, error: str = "", *tasks: int) -> Attempt:
    """Return how *answer* did in a check of task 2."""
    mark = TestMark("blackbox.py::check", "Check.", 2, verdict, Box.BLACK, error=error)
    return Attempt(KATA, answer, mark, frozenset(tasks))


@pytest.mark.parametrize(
    ("tried", "problem"),
    [
        (attempt(STUB, Verdict.FAILED, "AssertionError"), ""),
        (attempt(STUB, Verdict.PASSED), "the stub passes"),
        (attempt(STUB, Verdict.CRASHED), "crashed by no exception, no verdict"),
        (attempt("answer", Verdict.PASSED), ""),
        (attempt("accepted/other", Verdict.FAILED, "AssertionError"), "failed:"),
        (attempt("rejected/wrong", Verdict.PASSED, "", 2), ""),
        (attempt("rejected/wrong", Verdict.FAILED, "AssertionError", 1, 2), ""),
        (attempt("rejected/wrong", Verdict.FAILED, "", 2), ""),
        (attempt("rejected/not_loaded", Verdict.FAILED, "", 1), ""),
        (attempt("rejected/wrong", Verdict.FAILED, "AssertionError", 1), "of task 2; the tests"),
        (
            replace(
                attempt("rejected/wrong", Verdict.FAILED, "AssertionError", 1),
                involved=frozenset({1}),
            ),
            "",
        ),
        (attempt("rejected/wrong", Verdict.NOT_JUDGED, "", 1), ""),
        (attempt("accepted/other", Verdict.NOT_JUDGED), "not_judged:"),
        (attempt(STUB, Verdict.NOT_JUDGED), "not_judged by no exception, no verdict"),
        (attempt("rejected/wrong", Verdict.FAILED, "KeyError", 2), "failed by KeyError"),
    ],
)
def test_what_a_proof_from_outside_shows(tried: Attempt, problem: str) -> None:
    assert (problem in tried.problem) if problem else not tried.problem
    caught = not problem and tried.mark.verdict is Verdict.FAILED
    assert tried.catches == caught


async def test_the_clock_of_a_site_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """No timer fires before the judge lets the time go on, and what is ready goes first."""
    order = []

    async def limited() -> None:
        try:
            async with asyncio.timeout(3600):
                await asyncio.get_running_loop().create_future()
        except TimeoutError:
            order.append("late")

    async def ready() -> None:
        for _ in range(10):
            await asyncio.sleep(0)
        order.append("ready")

    monkeypatch.setattr(asyncio.BaseEventLoop, "time", asyncio.BaseEventLoop.time)
    clock = StandingClock()
    clock.install()
    async with asyncio.TaskGroup() as group:
        group.create_task(limited())
        group.create_task(ready())
        await clock.go_on(1800)
        assert order == ["ready"]
        await clock.go_on(1800)
    assert order == ["ready", "late"]
