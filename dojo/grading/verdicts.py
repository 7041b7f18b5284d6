"""Marks of what a run of a suite said, by the tests that it had to run."""

from __future__ import annotations

from dataclasses import replace

from dojo.grading.model import Box, TestMark, Verdict
from dojo.grading.tampering import Statement
from dojo.model import Result, Run, State
from dojo.runner import outcome

VERDICTS = {
    State.PASSED: Verdict.PASSED,
    State.FAILED: Verdict.FAILED,
    State.TIMEOUT: Verdict.TIMEOUT,
    State.CRASHED: Verdict.CRASHED,
    State.MISSING: Verdict.MISSING,
    State.SKIPPED: Verdict.FAILED,
}
UNCONFIRMED = (
    "It was reported as passed, but the run broke off later. Only what comes to its end can show "
    "that it was not meddled with."
)


def told(said: Statement) -> Run:
    """Return what the run reported about its cases, and about these alone."""
    known = {case.id for case in said.cases}
    listed = [
        {"event": "case", "id": case.id, "title": case.title, "task": case.task}
        for case in said.cases
    ]
    about = [
        event
        for event in said.events
        if event["event"] != "case" and event.get("id", "") in {"", *known}
    ]
    ended = said.ended
    code = None if ended.killed else ended.code
    return outcome.assemble(
        [*listed, *about], code=code, seconds=ended.seconds, output=ended.output
    )


def mark(result: Result, report: Run, hidden: bool, tampered: str, said: Statement) -> TestMark:
    """Return the mark of one test, without points."""
    found = TestMark(
        result.case.id,
        result.case.title,
        result.case.task,
        VERDICTS[result.state],
        Box.WHITE,
        hidden,
        message=result.message,
        error=result.error,
        where=result.where,
        printed=result.printed,
        seconds=result.seconds,
        timeline=result.timeline,
    )
    if tampered:
        text = f"The submission meddled with its judge: {tampered}."
        return replace(found, verdict=Verdict.TAMPERED, message=text)
    if result.state is State.MISSING and report.obstacles:
        first = report.obstacles[0]
        return replace(found, message=first.message, error=first.error, where=first.where)
    if said.ended.killed and result.case.id not in said.results:
        return replace(found, message=f"The run was ended: {said.ended.killed}.")
    if found.verdict is Verdict.PASSED and not said.finished:
        return replace(found, verdict=Verdict.MISSING, message=UNCONFIRMED)
    return found


def as_at_home(test: TestMark, inside: str, at_home: str) -> TestMark:
    """Return *test* with the paths that whoever handed in knows, for those inside the walls."""
    return replace(
        test,
        message=test.message.replace(inside, at_home),
        where=test.where.replace(inside, at_home),
        printed=test.printed.replace(inside, at_home),
    )
