"""What shows that the report of a run is not what its tests made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from dojo.grading.canary import Canary
from dojo.grading.sandbox import Ended
from dojo.model import Case


def signs(
    cases: Iterable[Case], canaries: Sequence[Canary], events: list[dict[str, Any]], ended: Ended
) -> str:
    """Return what shows that the run's report is not what the tests made of it; empty if nothing.

    A run that ended early has no canaries left to show; its tests are missing instead.
    """
    return next(all_signs(cases, canaries, events, ended), "")


def all_signs(
    cases: Iterable[Case], canaries: Sequence[Canary], events: list[dict[str, Any]], ended: Ended
) -> Iterator[str]:
    """Yield each such sign."""
    for event in events:
        if event["event"] == "tampered":
            yield str(event.get("what"))[:200]
    results = [event for event in events if event["event"] == "result"]
    states = {str(event.get("id")): event for event in results}
    if len(states) != len(results):
        yield "a test was reported twice"
    failing = {test: one for one in canaries for test in one.failing}
    passing = {test for one in canaries for test in one.passing}
    if states.keys() - {case.id for case in cases} - failing.keys() - passing:
        yield "a test was reported that there is not"
    begun = [str(event.get("id")) for event in events if event["event"] == "start"]
    if set(states) - set(begun):
        yield "a result was reported of a test that had not begun"
    for test, one in failing.items():
        if test not in states:
            continue
        state, message = states[test].get("state"), str(states[test].get("message"))
        if state != "failed":
            yield f"a test that must fail {state}"
        elif one.word not in message and "DID NOT RAISE" not in message:
            yield "a test that must fail failed with another message"
    for test in passing:
        if test in states and states[test].get("state") != "passed":
            yield "a guard of Django is down"
    finished = any(event["event"] == "end" for event in events)
    if finished and not ended.killed and any(event["event"] == "obstacle" for event in events):
        return
    if finished and not ended.killed:
        if missing := (failing.keys() | passing) - states.keys():
            yield f"{len(missing)} tests of the grader's own did not come back"
        if ended.code != 1:
            yield f"the run ended with exit code {ended.code}, though tests must have failed"
