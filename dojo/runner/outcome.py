"""What a run came to: the events that a child reported, as a run."""

from __future__ import annotations

import contextlib
import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dojo.model import Case, Obstacle, Result, Run, State
from dojo.runner import bars

# Of a child that ended early.
LAST_LINES = 12


def read_events(report: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a report; a half-written last line is left out."""
    lines = (
        report.read_text(encoding="utf-8", errors="replace").splitlines()
        if report.is_file()
        else []
    )
    for line in lines:
        with contextlib.suppress(ValueError, RecursionError):
            event = json.loads(line)
            if isinstance(event, dict):
                yield event


def assemble(
    events: list[dict[str, Any]],
    *,
    code: int | None,
    seconds: float,
    output: str,
    hung_at: str = "",
) -> Run:
    """Make a run of what the child reported; a test that it did not answer for is never a pass."""
    cases = [
        Case(clean(event["id"]), clean(event["title"]), event["task"])
        for event in events
        if event["event"] == "case"
    ]
    reported = {event["id"]: event for event in events if event["event"] == "result"}
    begun = [event["id"] for event in events if event["event"] == "start"]
    unfinished = begun[-1] if begun and begun[-1] not in reported else None
    obstacles = [
        Obstacle(
            clean(event["message"]), clean(event.get("error", "")), clean(event.get("where", ""))
        )
        for event in events
        if event["event"] == "obstacle"
    ]
    results = []
    for case in cases:
        if case.id in reported:
            results.append(answered(case, reported[case.id]))
        elif case.id == unfinished:
            results.append(unanswered(case, code, hung_at))
        else:
            results.append(Result(case, State.MISSING, "The run ended before this test."))
    ended = any(event["event"] == "end" for event in events)
    if not cases and not obstacles:
        obstacles.append(Obstacle(early_end(code, ended, output), where=hung_at))
    return Run(tuple(results), tuple(obstacles), seconds, output)


def answered(case: Case, event: dict[str, Any]) -> Result:
    """Return the result that the child reported."""
    keys = ("message", "error", "where", "printed")
    message, error, where, printed = (clean(event[key]) for key in keys)
    seconds = float(event["seconds"])
    timeline = bars.read(event.get("timeline"))
    return Result(case, State(event["state"]), message, error, where, seconds, printed, timeline)


def clean(text: object) -> str:
    """Return *text* without halves of surrogate pairs, which can't be printed."""
    return str(text).encode(errors="replace").decode()


def unanswered(case: Case, code: int | None, hung_at: str) -> Result:
    """Return the result of the test during which the child went away."""
    if code is None:
        message = "Stopped at the deadline of the run."
        return Result(case, State.TIMEOUT, message, where=hung_at)
    how = f"signal {signal_name(-code)}" if code < 0 else f"exit code {code}"
    return Result(case, State.CRASHED, f"The process ended during this test, with {how}.")


def signal_name(number: int) -> str:
    """Return the name of a signal; its number if it has none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def early_end(code: int | None, ended: bool, output: str) -> str:
    """Say why a child answered for no test at all."""
    if code is None:
        return "Stopped at the deadline of the run, before any test."
    if ended:
        return f"The suite holds no test.\n{output}".strip()
    last_words = "\n".join(output.splitlines()[-LAST_LINES:])
    return f"The process ended before any test, with exit code {code}.\n{last_words}".strip()
