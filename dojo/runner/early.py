"""What is known of a run that is under way: a learner does not wait for the end of a long suite."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dojo.model import Result
from dojo.runner import outcome

# A run that is over by then has the processor for itself.
BEGIN_S = 0.4
EVERY_S = 0.25


@dataclass(frozen=True)
class Glimpse:
    """A run so far.

    Attributes:
        done: How many tests have ended.
        total: How many there are; 0 until they have been collected.
        first: The first failure; None if there is none yet.
    """

    done: int
    total: int
    first: Result | None


Tell = Callable[[Glimpse], None]


@contextlib.contextmanager
def telling(report: Path, tell: Tell | None) -> Iterator[None]:
    """Call *tell*, in a thread, several times a second, if the block lasts longer than a moment.

    Args:
        report: The file that the child writes, or is going to.
    """
    if tell is None:
        yield
        return
    over = threading.Event()
    thread = threading.Thread(target=_tell, args=(report, tell, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _tell(report: Path, tell: Tell, over: threading.Event) -> None:
    ended = over.wait(BEGIN_S)
    while not ended:
        tell(so_far(report))
        ended = over.wait(EVERY_S)


def so_far(report: Path) -> Glimpse:
    """Return what a child has reported so far."""
    events = list(outcome.read_events(report))
    ended = {event["id"] for event in events if event["event"] == "result"}
    total = sum(event["event"] == "case" for event in events)
    known = [event for event in events if event["event"] != "case" or event["id"] in ended]
    failures = outcome.assemble(known, code=0, seconds=0.0, output="").failures
    return Glimpse(len(ended), total, failures[0] if failures else None)
