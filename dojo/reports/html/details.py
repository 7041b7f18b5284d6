"""What a cell opens: the data that the page's script draws from, each thing in it once.

The keys are explained here, and the script in ``page.js`` reads them.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from dojo.grading.model import Gradebook, KataMark, SubmissionMark, TestMark, Verdict, points

# Characters; the JSON report has all of them.
MOST_MESSAGE = 2_000
MOST_PRINTED = 500
MOST_WORDS = 200
MOST_NOTES = 20
VERDICTS = tuple(Verdict)


@dataclass
class Pool:
    """Values by number, equal ones once: most stubs are untouched, and mistakes are shared."""

    numbers: dict[Hashable, int] = field(default_factory=dict)

    def number(self, value: Hashable) -> int:
        """Return the number of *value*: a text, or tuples of what JSON can say."""
        return self.numbers.setdefault(value, len(self.numbers))

    @property
    def values(self) -> list[Any]:
        """All values, in the order of their numbers."""
        return list(self.numbers)


def block(gradebook: Gradebook) -> dict[str, Any]:
    """Return what stands behind the heat map.

    ``katas``: name, title and points of each column. ``rows``: one table a submission, whose
    ``cells`` are None or ``[answer, digest, seed, seconds]``, where ``answer`` counts in
    ``answers``. ``parts``: texts, timelines and lists of tests, which answers refer to by number.
    ``verdicts``: their words, in the order of the digits in an answer's ``verdicts``.
    """
    answers, parts = Pool(), Pool()
    rows = [row(submission, gradebook, answers, parts) for submission in gradebook.submissions]
    return {
        "katas": [[head.slug, head.title, str(head.points)] for head in gradebook.katas],
        "worth": points(gradebook.worth),
        "verdicts": [verdict.replace("_", " ") for verdict in VERDICTS],
        "rows": rows,
        "answers": [dict(each) for each in answers.values],
        "parts": parts.values,
    }


def row(
    submission: SubmissionMark, gradebook: Gradebook, answers: Pool, parts: Pool
) -> dict[str, Any]:
    """Return one submission."""
    marks = {kata.slug: kata for kata in submission.katas}
    cells = [
        cell(marks[head.slug], answers, parts) if head.slug in marks else None
        for head in gradebook.katas
    ]
    return without_empty(
        {
            "name": limited(submission.name, MOST_WORDS),
            "source": limited(submission.source, MOST_WORDS),
            "total": points(submission.earned),
            "refused": limited(submission.refused, MOST_MESSAGE),
            "fault": limited(submission.fault, MOST_MESSAGE),
            "notes": [limited(note, MOST_WORDS) for note in submission.notes[:MOST_NOTES]],
            "cells": cells if any(cells) else [],
        }
    )


def cell(kata: KataMark, answers: Pool, parts: Pool) -> list[Any]:
    """Return one kata of one submission."""
    digest = kata.digest[:12] if kata.handed_in else ""
    number = answers.number(tuple(answer(kata, parts).items()))
    return [number, digest, kata.seed, round(kata.seconds, 1)]


def answer(kata: KataMark, parts: Pool) -> dict[str, Any]:
    """Return all of a mark that other submissions may have in common with it.

    ``tests``: number of the list of tests. ``verdicts``: one digit a test. ``partial``: place and
    points of tests that earned something else than their verdict says. ``said``: for each test that
    did not pass, its place and the numbers of message, error, where, printed and timeline.
    """
    return without_empty(
        {
            "earned": points(kata.earned),
            "tests": parts.number(tuple(map(manifest_row, kata.tests))),
            "verdicts": "".join(str(VERDICTS.index(test.verdict)) for test in kata.tests),
            "partial": tuple(
                (place, points(test.earned))
                for place, test in enumerate(kata.tests)
                if test.earned != (test.worth if test.verdict is Verdict.PASSED else 0)
            ),
            "said": tuple(
                (place, *said(test, parts))
                for place, test in enumerate(kata.tests)
                if test.verdict is not Verdict.PASSED
            ),
            "notes": tuple(limited(note, MOST_WORDS) for note in kata.notes[:MOST_NOTES]),
            "resembles": tuple((each.name, each.lesson) for each in kata.resembles),
            "fault": limited(kata.fault, MOST_MESSAGE),
            "untouched": not kata.handed_in,
        }
    )


def manifest_row(test: TestMark) -> Hashable:
    """Return what a test is, whoever's answer it judges."""
    return (test.id, test.title, test.task, test.box, int(test.hidden), points(test.worth))


def said(test: TestMark, parts: Pool) -> list[int]:
    """Return the numbers of all that a failed test says."""
    printed = test.printed.rstrip()
    if len(printed) > MOST_PRINTED:
        printed = "…" + printed[1 - MOST_PRINTED :]
    texts = (
        limited(test.message, MOST_MESSAGE),
        limited(test.error, MOST_WORDS),
        limited(test.where, MOST_WORDS),
        printed,
    )
    bars = tuple((limited(b.label, MOST_WORDS), b.begin, b.end, b.outcome) for b in test.timeline)
    return [parts.number(text) for text in texts] + [parts.number(bars)]


def limited(text: str, most: int) -> str:
    """Return *text*, cut to *most* characters; an ellipsis says so."""
    return text if len(text) <= most else text[: most - 1] + "…"


def without_empty(table: dict[str, Any]) -> dict[str, Any]:
    """Return a table without the keys that say nothing; the script takes them for empty."""
    return {key: value for key, value in table.items() if value or key == "tests"}
