"""The record of an interview: lines of JSON, which are only ever added.

Each line has the wall clock, the monotonic clock, and a hash of the line before it. A line that was
cut off, changed or taken out is told and hides none of the others. That makes meddling evident, not
impossible: the record lies on the candidate's machine, and the hashes are no secret.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dojo.interview import FOLDER, MARK, bundle
from dojo.model import DojoError, ExitCode, Kata, Run, State

FILE = f"{FOLDER}/record.jsonl"
START, RUN, STOP = "start", "run", "stop"
MOST_BYTES = 20_000_000
# No machine has run for three centuries, and no run has lasted as long.
MOST_SECONDS = 1e10
UNREADABLE = (
    *(ValueError, KeyError, TypeError, AttributeError),
    *(OverflowError, RecursionError),
)


@dataclass(frozen=True)
class Event:
    """One line of a record.

    Attributes:
        kind: `START`, `RUN` or `STOP`.
        at: Wall clock, with a time zone.
        clock: Monotonic clock in seconds; starts anew when the machine does.
        kata: Slug of the kata that was run; empty otherwise.
        tests: How each test of a run ended, by its id.
        seconds: How long the run took.
        changed: At a start, paths of files that were no stubs any more.
        files: At a stop, hashes of the files to edit by their paths.
    """

    kind: str
    at: datetime
    clock: float
    kata: str = ""
    tests: Mapping[str, State] = field(default_factory=dict)
    seconds: float = 0.0
    changed: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """All that can be read of a record, in file order.

    Attributes:
        problems: What is wrong with the file, a sentence each.
    """

    events: tuple[Event, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def running_since(self) -> Event | None:
        """The start that no stop has followed; None if there is none."""
        marks = [event for event in self.events if event.kind in (START, STOP)]
        return marks[-1] if marks and marks[-1].kind == START else None

    @property
    def ended(self) -> Event | None:
        """The last stop; None while the interview runs, and before it begins."""
        stops = [event for event in self.events if event.kind == STOP]
        return stops[-1] if stops and not self.running_since else None


def check_begun(root: Path) -> None:
    """Refuse to work in a bundle whose interview has not begun.

    Raises:
        DojoError: Nothing would be recorded.
    """
    if not read(root).events:
        raise DojoError(
            f"This interview has not begun: read {bundle.RULES}, then begin with "
            "`python3 -m dojo interview start`.",
            code=ExitCode.USAGE,
        )


def note_run(root: Path, kata: Kata, run: Run) -> None:
    """Note a run, if the interview of this bundle has begun and not ended.

    Raises:
        DojoError: It can't be noted.
    """
    tests = {result.case.id: str(result.state) for result in run.results}
    with only_one(root):
        if read(root).running_since is not None:
            seconds = round(run.seconds, 3)
            append(root, RUN, kata=kata.slug, tests=tests, seconds=seconds)


@contextmanager
def only_one(root: Path) -> Iterator[None]:
    """Let no other terminal read or write the record in the block.

    Raises:
        DojoError: It can't be written.
    """
    from filelock import FileLock  # takes 50 ms to import

    path = root / FILE
    try:
        with FileLock(path.with_suffix(".lock")):
            yield
    except OSError as error:
        raise DojoError(
            f"{error.filename or path}: the interview can't be recorded: {error.strerror}.\n"
            "Make the folder writable (or free some disk space), then run the command again. "
            "Your files are untouched."
        ) from None


def append(root: Path, kind: str, **more: object) -> None:
    """Add a line; `only_one` holds the record meanwhile."""
    path = root / FILE
    text = path.read_bytes() if path.is_file() else b""
    event = now(kind)
    table = {
        "event": event.kind,
        "at": event.at.isoformat(timespec="milliseconds"),
        "clock": event.clock,
        "after": link(root, text.splitlines()),
        **more,
    }
    line = json.dumps(table, ensure_ascii=True).encode() + b"\n"
    with path.open("ab") as file:
        # A line that was cut off stays as it is; this one begins below it.
        file.write(line if not text or text.endswith(b"\n") else b"\n" + line)


def now(kind: str = RUN) -> Event:
    """Return an event of this moment."""
    return Event(kind, datetime.now(UTC), round(time.monotonic(), 3))


def link(root: Path, before: list[bytes]) -> str:
    """Return what ties a line to those *before* it; the first one to its interview."""
    data = before[-1] if before else (root / MARK).read_bytes()
    return hashlib.sha256(data).hexdigest()[:16]


def read(root: Path) -> Record:
    """Return what the record at *root* holds; what can't be read is left out and told."""
    path = root / FILE
    if not path.is_file():
        return Record()
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES + 1)
    except OSError as error:
        return Record(problems=(f"The record can't be read: {error.strerror}.",))
    events, problems = [], []
    if len(text) > MOST_BYTES:
        problems.append("The record is too long; only its beginning was read.")
        text = text[:MOST_BYTES]
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        try:
            table = json.loads(line)
            event = as_event(table)
        except UNREADABLE:
            cut = number == len(lines) and not text.endswith(b"\n")
            what = "was cut off" if cut else "can't be read"
            problems.append(f"Line {number} of the record {what}.")
            continue
        events.append(event)
        if table.get("after") != link(root, lines[: number - 1]):
            problems.append(
                f"Line {number} of the record does not follow from the one before it: "
                "something was changed, added or taken out there."
            )
    return Record(tuple(events), tuple(problems))


def as_event(table: Mapping[str, Any]) -> Event:
    """Return what a line says.

    Raises:
        ValueError: It is not one of ours. What else it raises is in `UNREADABLE`.
    """
    event = Event(
        kind=str(table["event"]),
        at=datetime.fromisoformat(table["at"]).astimezone(UTC),
        clock=float(table["clock"]),
        kata=str(table.get("kata", "")),
        tests={str(name): State(state) for name, state in dict(table.get("tests", {})).items()},
        seconds=float(table.get("seconds", 0)),
        changed=tuple(map(str, table.get("changed", ()))),
        files={str(name): str(hash_) for name, hash_ in dict(table.get("files", {})).items()},
    )
    known = event.kind in (START, RUN, STOP) and (event.kind != RUN or event.kata)
    if not known or not all(0 <= one < MOST_SECONDS for one in (event.clock, event.seconds)):
        raise ValueError(f"this is no event: {event.kind}")
    return event
