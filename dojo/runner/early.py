"""The first failure of a run that is under way: what a learner waits for, of a suite of seconds."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from dojo.model import Result
from dojo.runner import outcome

# A run that is over by then has the processor for itself.
BEGIN_S = 0.4
EVERY_S = 0.1

Tell = Callable[[Result], None]


@contextlib.contextmanager
def telling(report: Path, tell: Tell | None) -> Iterator[None]:
    """Call *tell*, in a thread, with the first failure in *report*, if the block lasts longer."""
    if tell is None:
        yield
        return
    over = threading.Event()
    thread = threading.Thread(target=_look, args=(report, tell, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _look(report: Path, tell: Tell, over: threading.Event) -> None:
    ended = over.wait(BEGIN_S)
    while not ended:
        if (failure := first_failure(report)) is not None:
            tell(failure)
            return
        ended = over.wait(EVERY_S)


def first_failure(report: Path) -> Result | None:
    """Return the first failure that a child has reported so far; None if there is none."""
    events = list(outcome.read_events(report))
    ended = {event["id"] for event in events if event["event"] == "result"}
    known = [event for event in events if event["event"] != "case" or event["id"] in ended]
    run = outcome.assemble(known, code=0, seconds=0.0, output="")
    return run.failures[0] if run.failures else None
