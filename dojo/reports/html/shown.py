"""What the template shows, without its script: head, heat map, overviews; all of it text."""

from __future__ import annotations

from typing import Any

from dojo.grading.model import Gradebook, KataMark, SubmissionMark, points
from dojo.reports.html import overview
from dojo.reports.html.details import MOST_WORDS, limited
from dojo.reports.html.overview import KataOverview, level

MOST_LISTED = 10
# Of a histogram, in pixels.
BAR_WIDTH, BAR_GAP, BAR_HEIGHT = 11, 2, 30


def words(gradebook: Gradebook) -> dict[str, Any]:
    """Return what the template shows."""
    submissions, katas = gradebook.submissions, overview.of_katas(gradebook)
    return {
        "graded_at": gradebook.graded_at,
        "versions": " · ".join(f"{name} {text}" for name, text in gradebook.versions.items()),
        "sandbox": gradebook.sandbox,
        "kit": gradebook.kit,
        "seed": gradebook.seed,
        "worth": points(gradebook.worth),
        "count": len(submissions),
        "unmarked": sum(not each.marked for each in submissions),
        "refused": sum(bool(each.refused) for each in submissions),
        "tampered": sum(overview.tampered(each) for each in submissions),
        "median": overview.median(
            each.earned for each in submissions if each.marked and not each.refused
        ),
        "levels": [{"number": n, "text": text} for n, text in enumerate(overview.LEVELS)],
        "heads": [
            {
                "number": kata.head.slug.partition("_")[0],
                "title": kata.head.title,
                "points": str(kata.head.points),
            }
            for kata in katas
        ],
        "rows": [row(each, gradebook) for each in submissions],
        "katas": [kata_row(kata) for kata in katas],
        "failing": [
            {
                "kata": each.kata.slug.partition("_")[0],
                "title": each.test.title or each.test.id,
                "id": each.test.id,
                "hidden": each.test.hidden,
                "count": each.count,
                "of": each.of,
                "percent": each.percent,
            }
            for each in overview.most_failed(katas, MOST_LISTED)
        ],
        "misunderstood": [
            {
                "kata": each.kata.slug.partition("_")[0],
                "name": each.misconception.name,
                "lesson": each.misconception.lesson,
                "count": each.count,
            }
            for each in overview.most_misunderstood(katas, MOST_LISTED)
        ],
    }


def row(submission: SubmissionMark, gradebook: Gradebook) -> dict[str, Any]:
    """Return one row of the heat map."""
    marks = {kata.slug: kata for kata in submission.katas}
    whole = submission.refused or submission.fault
    return {
        "name": limited(submission.name, MOST_WORDS),
        "refused": limited(submission.refused, MOST_WORDS),
        "fault": limited(submission.fault, MOST_WORDS),
        "total": "?" if submission.fault else points(submission.earned),
        "partial": not submission.marked and not submission.fault,
        "level": level(submission.earned, gradebook.worth),
        "cells": [] if whole else [cell(marks.get(head.slug)) for head in gradebook.katas],
    }


def cell(kata: KataMark | None) -> dict[str, str]:
    """Return class and text of one cell of the heat map."""
    if kata is None:
        return {"kind": "absent", "text": ""}
    if not kata.marked:
        return {"kind": "unmarked", "text": "?"}
    earned = points(kata.earned)
    if kata.tampered:
        return {"kind": f"s{level(kata.earned, kata.worth)} tampered", "text": f"!{earned}"}
    if not kata.handed_in:
        return {"kind": "untouched", "text": earned if kata.earned else "–"}
    return {"kind": f"s{level(kata.earned, kata.worth)}", "text": earned}


def kata_row(kata: KataOverview) -> dict[str, Any]:
    """Return one row of the table of katas."""
    tallest = max(kata.levels) or 1
    heights = [round(BAR_HEIGHT * count / tallest, 1) or 0 for count in kata.levels]
    first, like = next(iter(kata.failing), None), next(iter(kata.misunderstood), None)
    return {
        "number": kata.head.slug.partition("_")[0],
        "title": kata.head.title,
        "points": str(kata.head.points),
        "answers": kata.answers,
        "passed": kata.passed,
        "median": kata.median or "–",
        "says": ", ".join(
            f"{text}: {count}" for text, count in zip(overview.LEVELS, kata.levels, strict=True)
        ),
        "bars": [
            {
                "level": number,
                "says": f"{overview.LEVELS[number]}: {count}",
                "x": number * (BAR_WIDTH + BAR_GAP),
                "y": BAR_HEIGHT - height,
                "height": height,
            }
            for number, (count, height) in enumerate(zip(kata.levels, heights, strict=True))
            if count
        ],
        "failing": first and f"{first.test.title or first.test.id}",
        "failing_count": first and f"{first.count} of {first.of}",
        "like": like and like.misconception.name,
        "lesson": like and like.misconception.lesson,
        "like_count": like and like.count,
    }
