"""A gradebook as one HTML file that needs nothing else, for instructors.

A heat map of submissions and katas, whose cells open what was judged there; how much was earned in
each kata; which tests fail most; which misconceptions show. Everything from a submission is
hostile: the template engine escapes it, the script puts it on the page as text alone, and the
page's policy lets no other script run.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from dojo.grading.model import Gradebook, KataMark, SubmissionMark, points
from dojo.reports.clean import clean
from dojo.reports.html import details, overview
from dojo.reports.html.details import limited
from dojo.reports.html.overview import KataOverview, level

FILE = "gradebook.html"
PER_SUBMISSION = False

FOLDER = Path(__file__).parent
MOST_LISTED = 10
# Of a histogram, in pixels.
BAR_WIDTH, BAR_GAP, BAR_HEIGHT = 11, 2, 30


def write(gradebook: Gradebook) -> str:
    """Return the whole page."""
    style, script = (
        (FOLDER / name).read_text(encoding="utf-8") for name in ("page.css", "page.js")
    )
    # Numbers and dates are text already, and there need not be any settings to localise them by.
    context = Context(
        {
            **all_clean(words(gradebook)),
            "style": style,
            "script": script,
            "policy": policy(style, script),
            "data": embeddable(all_clean(details.block(gradebook))),
        },
        use_l10n=False,
        use_tz=False,
    )
    return Engine(dirs=[str(FOLDER)]).get_template("page.html").render(context)


def all_clean(value: Any) -> Any:
    """Return nested dicts and lists with every text in them clean."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: all_clean(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [all_clean(each) for each in value]
    return value


def embeddable(table: dict[str, Any]) -> str:
    """Return JSON, ASCII alone, that nothing can end which stands in it."""
    # As django.utils.html.json_script does, whose way takes seconds for megabytes.
    text = json.dumps(table, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def policy(style: str, script: str) -> str:
    """Return a Content-Security-Policy that allows these two, and nothing else."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src '{digest(script)}'",
            f"style-src '{digest(style)}'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ]
    )


def digest(source: str) -> str:
    """Return how a policy names the source of a script or a style."""
    return "sha256-" + base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


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
        "name": limited(submission.name, details.MOST_WORDS),
        "refused": limited(submission.refused, details.MOST_WORDS),
        "fault": limited(submission.fault, details.MOST_WORDS),
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
