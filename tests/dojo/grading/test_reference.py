"""The whole course as two submissions: who has solved it earns everything, who has not, nothing."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dojo import catalogue
from dojo.grading import batch, intake, journal, sandbox
from dojo.grading.model import Box, Gradebook
from dojo.grading.whitebox import Walls
from dojo.reports import FORMATS, saving
from tests.dojo.house import CLONE

# Sixty suites are run.
pytestmark = [pytest.mark.realtime, pytest.mark.timeout(1800)]
KATAS = catalogue.load(CLONE)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gradebook]:
    """Grade the reference answers and the stubs."""
    place = tmp_path_factory.mktemp("class")
    for kata in KATAS:
        for name in ("solved", "begun"):
            (place / name / "katas" / kata.slug).mkdir(parents=True)
        for name in kata.edit:
            stub = (CLONE / "dojo" / "stubs" / kata.slug / f"{name}.txt").read_bytes()
            answer = kata.solutions / "answer" / name
            (place / "begun" / "katas" / kata.slug / name).write_bytes(stub)
            (place / "solved" / "katas" / kata.slug / name).write_bytes(
                answer.read_bytes() if answer.exists() else stub
            )
    walls = Walls(sandbox.probe(), sandbox.Limits())
    plan = batch.Plan(CLONE, KATAS, intake.sources([place]), walls, workers=os.cpu_count() or 1)
    with journal.opened(tmp_path_factory.mktemp("grades"), "seed") as notes:
        yield batch.grade(plan, notes)


def test_the_sandbox_is_of_the_highest_level(book: Gradebook) -> None:
    """What follows was seen behind real walls."""
    assert book.sandbox.startswith("2:")


def test_reference_answers_earn_full_marks(book: Gradebook) -> None:
    """Every test of every kata passes behind walls, and so does every check from outside."""
    solved = next(one for one in book.submissions if one.name == "solved")

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


def test_stubs_earn_nothing(book: Gradebook) -> None:
    """Whoever hands in what was handed out has no points, and a mark in each kata."""
    begun = next(one for one in book.submissions if one.name == "begun")

    assert begun.marked
    assert {kata.slug: kata.earned for kata in begun.katas if kata.earned} == {}
    assert not any(kata.tampered for kata in begun.katas)


def test_every_format_can_be_written(book: Gradebook, tmp_path: Path) -> None:
    """And the report says what the marks say."""
    written = saving.save(book, list(FORMATS), tmp_path)

    assert all(path.stat().st_size for path in written)
    told = json.loads((tmp_path / FORMATS["json"].FILE).read_text(encoding="utf-8"))
    assert [one["name"] for one in told["submissions"]] == ["begun", "solved"]
