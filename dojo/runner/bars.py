"""Timelines on their way from the child, which draws them up, to the parent, which trusts nothing.

The parent imports this too, so neither pytest nor the instruments, which patch time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dojo.model import Bar

if TYPE_CHECKING:
    import pytest

# More calls than a reader would look at one by one.
MOST_BARS = 50
# Characters.
MOST_LABEL = 80
OUTCOMES = frozenset({"ok", "error", "cancelled", "running", "never awaited"})
# A year: longer than any test, in virtual time too.
LATEST_S = 366 * 24 * 3600


def drawn(item: pytest.Item) -> list[tuple[str, float | None, float | None, str]]:
    """Return label, begin, end and outcome of a test's first simulated calls, if it made any."""
    timeline = getattr(item, "funcargs", {}).get("timeline")
    spans = getattr(timeline, "spans", ())[:MOST_BARS]
    return [(str(s.label)[:MOST_LABEL], s.start, s.end, s.outcome) for s in spans]


def read(sent: object) -> tuple[Bar, ...]:
    """Return what `drawn` made, as it came out of a report, without what it can't have made."""
    if not isinstance(sent, list):
        return ()
    return tuple(found for each in sent[:MOST_BARS] if (found := bar(each)))


def bar(sent: Any) -> Bar | None:
    """Return one call; None if it isn't one."""
    match sent:
        case [str(label), begin, end, str(outcome)] if outcome in OUTCOMES:
            if is_moment(begin) and is_moment(end):
                label = label[:MOST_LABEL].encode(errors="replace").decode()
                return Bar(label, begin, end, outcome)
    return None


def is_moment(value: object) -> bool:
    """Tell whether *value* is a time on a test's clock, or None."""
    if value is None:
        return True
    # `true` is an int in Python; NaN and the infinities, which its JSON can say, are out of range.
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return 0 <= value <= LATEST_S
