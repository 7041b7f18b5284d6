"""The report as one page of HTML that needs nothing else, no script and no network.

Django's templates escape whatever is put into them. The page's own policy lets a browser apply the
one style sheet that it holds, known by its hash, and nothing else, should something get through.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.template import Context, Engine

from dojo.interview import chart, report
from dojo.interview.course import span, turned_green
from dojo.interview.report import KataReport, Report
from dojo.model import HARMLESS, Result, State

HERE = Path(__file__).parent
LONGEST_MESSAGE = 4_000
KINDS = {"+": "plus", "-": "minus", "@": "hunk"}
SIGNS = {True: "✓", False: "✗"}


@dataclass(frozen=True)
class Piece:
    """A part of a line of Markdown: code, or words."""

    text: str
    is_code: bool


def render(found: Report) -> str:
    """Return the page."""
    style = (HERE / "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    template = Engine(autoescape=True).from_string(
        (HERE / "report.html").read_text(encoding="utf-8")
    )
    course = found.course
    values = {
        "style": style,
        "policy": f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'",
        "interview": found.interview,
        "points": f"{found.points:g}",
        "possible": found.points_possible,
        "began": f"{course.moments[0].event.at:%Y-%m-%d %H:%M} UTC" if course.moments else "",
        "took": span(course.seconds) if course.ended else "",
        "notes": [*map(pieces, found.notes)],
        "katas": [kata_values(one, found) for one in found.katas],
    }
    # Numbers are written as they are, whatever the settings of a site say.
    return template.render(Context(values, use_l10n=False, use_tz=False))


def kata_values(one: KataReport, found: Report) -> dict[str, object]:
    """Return what the page says of one kata."""
    course = found.course
    titles = {result.case.id: result.case.title for result in one.run.results}
    for moment in one.runs if not titles else ():
        titles |= {test: test.rpartition("::")[2] for test in moment.event.tests}
    since = {test: seconds for seconds, test in turned_green(one.runs)}
    return {
        "kata": one.kata,
        "verdict": one.verdict,
        "style": one.verdict.replace(" ", "-"),
        "why_not": report.why_not_run(one.kata),
        "passed": one.run.count_passed,
        "tests": len(one.run.results),
        "tasks_done": one.tasks_done,
        "points": f"{one.points:g}",
        "spent": span(one.spent_s) if one.runs else "–",
        "solved": span(one.solved_s) if one.solved_s is not None else "",
        "runs": len(one.runs),
        "chart": chart.draw(
            titles,
            one.runs,
            limit_s=found.interview.minutes * 60,
            end_s=course.seconds,
        ),
        "tasks": [*tasks(one)],
        "obstacles": one.run.obstacles,
        "results": [result_values(result, since) for result in one.run.results],
        "resembles": [
            {"name": like.name, "lesson": pieces(like.lesson), "percent": f"{like.likeness:.0%}"}
            for like in one.resembles
        ],
        "questions": [(pieces(ask.text), pieces(ask.listen_for)) for ask in one.questions],
        "diff": [(kind_of(line), line) for line in one.diff.splitlines()],
    }


def tasks(one: KataReport) -> Iterator[dict[str, object]]:
    """Yield how each task of a kata went."""
    for task in one.kata.tasks:
        good, total = one.run.by_task(task.number)
        whole = good == total > 0
        yield {"task": task, "good": good, "total": total, "sign": SIGNS[whole], "whole": whole}


def result_values(result: Result, since: dict[str, float]) -> dict[str, object]:
    """Return what the page says of one test."""
    good = result.state in HARMLESS
    message = f"{result.error}: {result.message}" if result.error else result.message
    return {
        "title": pieces(result.case.title),
        "task": result.case.task,
        "state": str(result.state),
        "sign": SIGNS[good],
        "style": "passes" if good else "fails",
        "since": span(since[result.case.id]) if good and result.case.id in since else "",
        # That it was not run says its state, and why, what stands above.
        "message": "" if good or result.state is State.MISSING else message[:LONGEST_MESSAGE],
        "where": result.where,
    }


def kind_of(line: str) -> str:
    """Return what a line of a diff is."""
    return "file" if line.startswith(("--- ", "+++ ")) else KINDS.get(line[:1], "same")


def pieces(text: str) -> list[Piece]:
    """Return a line of Markdown in pieces: what stands between backticks is code."""
    parts = enumerate(text.replace("**", "").split("`"))
    return [Piece(part, bool(number % 2)) for number, part in parts if part]
