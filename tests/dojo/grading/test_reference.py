"""The whole course: whoever has solved it earns everything, and whoever has not, nothing."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dojo import catalogue
from dojo.blackbox import checks
from dojo.grading import batch, intake, journal, outside, sandbox, whitebox
from dojo.grading.model import Box, Gradebook, TestMark, Verdict
from dojo.grading.outside import Stand
from dojo.grading.whitebox import Walls
from dojo.reports import FORMATS, saving
from tests.dojo.house import CLONE

# Thirty suites are run, and twice their checks from outside.
pytestmark = [pytest.mark.realtime, pytest.mark.timeout(1800)]
KATAS = catalogue.load(CLONE)
WORKERS = os.cpu_count() or 1


@pytest.fixture(scope="module")
def usual() -> Walls:
    """Return the walls of `dojo grade`, with its limits."""
    return Walls(sandbox.probe(), sandbox.Limits())


@pytest.fixture(scope="module")
def book(usual: Walls, tmp_path_factory: pytest.TempPathFactory) -> Gradebook:
    """Grade the reference answers."""
    place = tmp_path_factory.mktemp("class") / "solved"
    for kata in KATAS:
        files = {
            name: answer.read_bytes()
            for name in kata.edit
            if (answer := kata.solutions / "answer" / name).exists()
        }
        (place / "katas").mkdir(parents=True, exist_ok=True)
        whitebox.put(place / "katas" / kata.slug, files)
    plan = batch.Plan(CLONE, KATAS, intake.sources([place]), usual, workers=WORKERS)
    with journal.opened(tmp_path_factory.mktemp("grades"), "seed") as notes:
        return batch.grade(plan, notes)


def test_the_sandbox_is_of_the_highest_level(book: Gradebook) -> None:
    """What follows was seen behind real walls."""
    assert book.sandbox.startswith("2:")


def test_reference_answers_earn_full_marks(book: Gradebook) -> None:
    """Every test of every kata passes behind walls, and so does every check from outside."""
    (solved,) = book.submissions

    missed = [
        f"{kata.slug} {test.id}: {test.verdict} {test.message}"
        for kata in solved.katas
        for test in kata.failures
    ]
    assert not missed, "\n".join(missed)
    assert [kata.fault for kata in solved.katas if kata.fault] == []
    assert solved.passed
    assert solved.earned == book.worth == sum(kata.points for kata in KATAS) * 100
    assert any(test.box is Box.BLACK for kata in solved.katas for test in kata.tests)


def test_stubs_pass_no_check_from_outside(usual: Walls, tmp_path: Path) -> None:
    """Each would earn points. What passes of a suite earns none: see `whitebox.given`."""
    tmp_path.chmod(0o755)
    own = batch.kit_here(CLONE, KATAS, None)
    stands = [
        Stand(own, kata, found, tmp_path, usual.level, usual.limits, "seed")
        for kata in KATAS
        if (found := checks.load(kata.suite))
    ]
    # Most of the time is spent on seeing that some sites stand still, which takes no processor.
    with ThreadPoolExecutor(2 * WORKERS) as pool:
        marks = list(zip(stands, pool.map(checked, stands), strict=True))

    passed = [
        f"{stand.kata.slug} {mark.id}: {mark.verdict} {mark.message}"
        for stand, found in marks
        for mark in found
        # Some stubs can't even be served: those of middleware, say.
        if mark.verdict not in {Verdict.FAILED, Verdict.CRASHED}
    ]
    assert marks
    assert not passed, "\n".join(passed)


def checked(stand: Stand) -> list[TestMark]:
    """Make all checks of a kata."""
    return outside.marks(stand, stand.checks.checks)


def test_every_format_can_be_written(book: Gradebook, tmp_path: Path) -> None:
    """And the report says what the marks say."""
    written = saving.save(book, list(FORMATS), tmp_path)

    assert all(path.stat().st_size for path in written)
    told = json.loads((tmp_path / FORMATS["json"].FILE).read_text(encoding="utf-8"))
    assert [one["name"] for one in told["submissions"]] == ["solved"]
