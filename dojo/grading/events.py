"""What a run wrote into its report, taken for what it is: the word of a process we don't trust.

The reporter (`dojo.runner.reporter`) writes lines of few kinds. A line that it can't have written
is a finding about the submission, and never an error of ours.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

Event = dict[str, Any]
TEXTS = ("message", "error", "where")
# What each kind of event holds besides: keys whose value is a text.
KINDS: Mapping[str, tuple[str, ...]] = {
    "confined": (),
    "case": ("id", "title"),
    "obstacle": ("message",),
    "start": ("id",),
    "result": ("id", "state", *TEXTS, "printed"),
    "tampered": ("what",),
    "end": (),
}
STATES = frozenset({"passed", "failed", "timeout", "skipped", "missing"})
# No suite is so long; Python's dictionaries take many times the room of their lines.
MOST = 5_000
LONGEST = 20_000
DAY_S = 86_400


def read(data: bytes) -> list[Event]:
    """Return the events in *data*; at the first line that is none, one of tampering, and no more.

    A last line that was cut off is left out.
    """
    events: list[Event] = []
    for line in data.split(b"\n", MOST + 1)[:-1]:
        event = event_in(line)
        if event is None or len(events) == MOST:
            return [*events, {"event": "tampered", "what": "its report holds what no test wrote"}]
        events.append(event)
    return events


def event_in(line: bytes) -> Event | None:
    """Return the event that *line* is, its texts shortened; None if it is none."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):  # a number of a thousand digits, too
        return None
    if not isinstance(found, dict) or not isinstance(kind := found.get("event"), str):
        return None
    if kind not in KINDS or not all(isinstance(found.get(key), str) for key in KINDS[kind]):
        return None
    if kind == "result" and not (found["state"] in STATES and is_duration(found.get("seconds"))):
        return None
    return dict(shortened(found))


def is_duration(value: object) -> bool:
    """Tell whether *value* is a number of seconds that a test may have taken; NaN is none."""
    return isinstance(value, int | float) and 0 <= value < DAY_S


def shortened(event: Event) -> Iterator[tuple[str, Any]]:
    """Yield keys and values of *event*, no text longer than a reader would read."""
    for key, value in event.items():
        long = isinstance(value, str) and len(value) > LONGEST
        yield key, value[:LONGEST] + "…" if long else value
