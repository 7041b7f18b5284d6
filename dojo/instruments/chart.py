"""A timeline as text: one bar for each call, and one sentence on what is wrong with them."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dojo.instruments.timeline import Span

WIDTH = 80
_MOST_BARS = 40
_MOST_LABEL = 22
_MOST_ROWS = 20
_FOREVER = float("inf")


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong with a timeline, in one sentence (or none), and a mark for each culprit."""

    sentence: str
    #: Index of the span -> what is written behind its bar.
    marks: Mapping[int, str] = field(default_factory=dict)


def peak(spans: Sequence[Span]) -> tuple[int, float]:
    """Return the most spans in flight at one moment, and that moment."""
    most = max(spans, key=lambda span: span.together, default=None)
    return (most.together, most.start or 0.0) if most else (0, 0.0)


def one_too_many(spans: Sequence[Span], at_most: int) -> int | None:
    """Return the index of the first call that made more than *at_most* be in flight."""
    return next((i for i, span in enumerate(spans) if span.together > at_most), None)


def _end(span: Span) -> float:
    return _FOREVER if span.end is None else span.end


# -- what is wrong --------------------------------------------------------------------------------


def diagnose(spans: Sequence[Span], now: float) -> Diagnosis:
    """Name the first mistake that shows in *spans*, the gravest first."""
    if not spans:
        return Diagnosis("The service was never called.")
    found = next(filter(None, (check(spans) for check in _CHECKS)), Diagnosis(""))
    # A fact beside the mistake, and without a mark: it may be just what the test has asked for.
    repeated = _repeated(spans)
    if found.sentence or repeated:
        return Diagnosis(f"{found.sentence} {repeated}".strip(), found.marks)
    idle = round(now - _covered(spans), 6)
    return Diagnosis(f"For {idle:g} s no call was in flight." if idle > 0 else "")


def _never_awaited(spans: Sequence[Span]) -> Diagnosis | None:
    marks = {i: "<- never awaited" for i, span in enumerate(spans) if span.start is None}
    if not marks:
        return None
    if len(marks) == len(spans):
        sentence = f"{_calls(len(spans))} made, but never awaited: not one of them has started."
    else:
        names = _names([spans[i] for i in marks])
        sentence = f"{names} {_was(len(marks))} called, but never awaited."
    return Diagnosis(sentence, marks)


def _still_running(spans: Sequence[Span]) -> Diagnosis | None:
    marks = {i: "<- still running" for i, span in enumerate(spans) if span.outcome == "running"}
    if not marks:
        return None
    who = f"{len(marks)} of {len(spans)} calls are" if len(spans) > 1 else "The call is"
    return Diagnosis(f"{who} still running: started, but not awaited to the end.", marks)


def _off_the_loop(spans: Sequence[Span]) -> Diagnosis | None:
    loops = {span.thread for span in spans if span.on_loop}
    threads = {span.thread for span in spans if not span.on_loop}
    if len(loops) > 1:
        return Diagnosis(
            f"The calls ran on {len(loops)} event loops, each in a thread of its own: one will do."
        )
    if threads:
        several = f"{len(threads)} threads" if len(threads) > 1 else "a thread"
        together = "" if len(spans) < 2 or peak(spans)[0] > 1 else ", one after another"
        return Diagnosis(f"The calls ran in {several}, not on the event loop{together}.")
    return None


def _repeated(spans: Sequence[Span]) -> str:
    label, times = Counter(span.label for span in spans).most_common(1)[0]
    return f"{label} was called {times} times." if times > 1 else ""


def _not_together(spans: Sequence[Span]) -> Diagnosis | None:
    most, _ = peak(spans)
    if len(spans) < 2 or most == len(spans):
        return None
    if most == 1:
        return Diagnosis(
            "Each call starts only when the one before it has ended: awaited one after another.",
            {1: "<- only now"},
        )
    starts = sorted({span.start for span in spans if span.start is not None})
    groups = [[i for i, span in enumerate(spans) if span.start == start] for start in starts]
    for earlier, start in zip(groups, starts[1:], strict=False):
        if max(_end(spans[i]) for i in earlier) > start:
            return None
    if len(groups) < 2:
        return None
    sizes = ", ".join(str(len(group)) for group in groups)
    return Diagnosis(
        f"The calls go out in groups ({sizes}): each group waits for the whole one before it.",
        {groups[1][0]: "<- only now"},
    )


def _blocked(spans: Sequence[Span]) -> Diagnosis | None:
    marks = {i: "<- blocks" for i, span in enumerate(spans) if span.error == "BlockedLoop"}
    return (
        Diagnosis("The calls block the event loop: nothing else runs meanwhile.", marks)
        if marks
        else None
    )


_CHECKS = (_never_awaited, _still_running, _off_the_loop, _blocked, _not_together)


def _covered(spans: Sequence[Span]) -> float:
    total = until = 0.0
    for span in sorted((s for s in spans if s.start is not None), key=lambda s: s.start or 0.0):
        start, end = max(span.start or 0.0, until), _end(span)
        if end > start:
            total, until = total + end - start, end
    return total


def _calls(count: int) -> str:
    return "The call was" if count == 1 else f"All {count} calls were"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def _names(spans: Sequence[Span]) -> str:
    names = [span.label for span in spans[:3]]
    return ", ".join(names) + (f" and {len(spans) - 3} more" if len(spans) > 3 else "")


# -- how it is drawn ------------------------------------------------------------------------------


def draw(
    spans: Sequence[Span], now: float, at_most: int | None = None, *, diagnosed: bool = True
) -> list[str]:
    """Return the lines of the chart, at most `WIDTH` columns wide."""
    found = diagnose(spans, now) if diagnosed else Diagnosis("")
    marks = dict(found.marks)
    if at_most is not None and (culprit := one_too_many(spans, at_most)) is not None:
        found, marks = Diagnosis(""), {culprit: "<- one too many"}
    sentence = textwrap.wrap(found.sentence, WIDTH)
    if not spans:
        return sentence
    rows = _Rows(spans, now, marks)
    return [*rows.lines(), *_called_at(spans), *sentence]


class _Rows:
    def __init__(self, spans: Sequence[Span], now: float, marks: Mapping[int, str]) -> None:
        self.spans = spans
        self.end = max([now, *(span.end for span in spans if span.end is not None)]) or 1.0
        shown = range(len(spans))
        if len(spans) > _MOST_ROWS:
            shown = sorted({*range(_MOST_ROWS - 4), *sorted(marks)[:4]})  # type: ignore[assignment]
        self.shown = shown
        self.notes = {i: f"{_when(spans[i])} {marks.get(i, '')}".strip() for i in shown}
        self.label = min(max([9, *(len(spans[i].label) for i in shown)]), _MOST_LABEL)
        notes = max([8, *map(len, self.notes.values())])
        self.bars = max(10, min(_MOST_BARS, WIDTH - self.label - notes - 4))

    def lines(self) -> list[str]:
        spans = self.spans
        rows = [self._row(spans[i].label, self._bar(spans[i]), self.notes[i]) for i in self.shown]
        if hidden := len(self.spans) - len(self.notes):
            rows.append(f"… and {hidden} more calls")
        together = f"peak {peak(self.spans)[0]}"
        return [self._ruler(), *rows, self._row("in flight", self._density(), together)]

    def _row(self, label: str, bar: str, note: str) -> str:
        if len(label) > self.label:
            label = label[: self.label - 1] + "…"
        return f"{label:<{self.label}}  {bar:<{self.bars}}  {note}"[:WIDTH].rstrip()

    def _column(self, time: float) -> int:
        return round(time / self.end * self.bars)

    def _ruler(self) -> str:
        line = [" "] * (self.bars + 8)
        quarters = (0, 1, 2, 3, 4) if self.bars >= 30 else (0, 2, 4)
        for quarter in quarters:
            text = _seconds(self.end * quarter / 4) + (" s" if quarter == 4 else "")
            at = min(max(0, self._column(self.end * quarter / 4) - len(text) // 2), len(line))
            line[at : at + len(text)] = text
        return " " * (self.label + 2) + "".join(line).rstrip()

    def _bar(self, span: Span) -> str:
        if span.start is None:
            return ""
        start, end = self._column(span.start), self._column(min(_end(span), self.end))
        body = "=" * (end - start) or "|"
        tip = {"running": ">", "cancelled": "x", "error": "!"}.get(span.outcome)
        return " " * min(start, self.bars - 1) + (body[:-1] + tip if tip else body)

    def _density(self) -> str:
        moments = [(column + 0.5) / self.bars * self.end for column in range(self.bars)]
        counts = [
            sum(s.start is not None and s.start <= now < _end(s) for s in self.spans)
            for now in moments
        ]
        return "".join("." if not n else str(n) if n < 10 else "+" for n in counts)


def _when(span: Span) -> str:
    if span.start is None:
        return ""
    end = "…" if span.end is None else _seconds(span.end)
    outcome = {"cancelled": " cancelled", "error": f" {span.error}"}.get(span.outcome, "")
    elsewhere = "" if span.on_loop and span.thread == "MainThread" else f" [{span.thread}]"
    return f"{_seconds(span.start)} - {end}{outcome}{elsewhere}"


def _seconds(time: float) -> str:
    return f"{time:.3g}" if time < 1 else f"{time:.6g}"


def _called_at(spans: Sequence[Span]) -> list[str]:
    lines = []
    for spot in dict.fromkeys(span.spot for span in spans if span.spot is not None):
        where = f"called at {spot}"
        if len(where) > WIDTH:
            source = f"    `{spot.source}`"
            where = f"called at {spot.path}:{spot.line} in {spot.function}:"
            lines += [where, source if len(source) <= WIDTH else source[: WIDTH - 2] + "…`"]
        else:
            lines.append(where)
    return lines[:8]
