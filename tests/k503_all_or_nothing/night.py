"""An election night: offices that note how each call to them has ended."""

import asyncio
import secrets
from dataclasses import dataclass, field, replace

from dojo.instruments.clock import Clock

COUNTING_S = 0.2
CALLING_OFF_S = 0.1
# Virtual seconds, longer than anything takes here: what has been left running ends in them.
LONG_S = 100.0


@dataclass(frozen=True, slots=True)
class Line:
    """One call to an office. All times are seconds since the request was made.

    Attributes:
        ended: What ended the call: "answered", "failed", "called off", or nothing yet.
        free: Since when the line has been free.
        cut_short: When the calling off was cancelled; the line is never free after that.
    """

    district: str
    asked: float
    ended: str = ""
    at: float | None = None
    free: float | None = None
    cut_short: float | None = None

    def __str__(self) -> str:
        fate = f"{self.ended} at {self.at:g} s" if self.ended else "under way"
        if self.cut_short is not None:
            state = f", which was cancelled at {self.cut_short:g} s: the line stays engaged"
        elif self.ended == "called off":
            state = ", line still engaged" if self.free is None else f", free at {self.free:g} s"
        else:
            state = ""
        return f"{self.district:<9} asked at {self.asked:g} s, {fate}{state}"


def told(lines: list[Line]) -> str:
    """List *lines*, one a line."""
    return "".join(f"\n    {line}" for line in lines) or "\n    nobody was asked"


def cancelled_twice(lines: list[Line]) -> str:
    """Say which of *lines* were cancelled while they were being called off; "" if none was."""
    twice = [line for line in lines if line.cut_short is not None]
    if not twice:
        return ""
    names = " and ".join(f"'{line.district}'" for line in twice)
    times = " and ".join(f"{at:g} s" for at in sorted({line.cut_short or 0.0 for line in twice}))
    were, they = ("was", "it was") if len(twice) == 1 else ("were", "they were")
    each = "one cancellation" if len(twice) == 1 else "one cancellation each"
    return (
        f"{names} {were} cancelled a second time, at {times}, while {they} being called off; "
        f"expected {each}."
    )


@dataclass
class ElectionNight:
    """Offices for a test: it says beforehand how long each call takes, and how it ends.

    Attributes:
        takes: Seconds until a district answers or fails; 0.2 for others.
        calling_off_takes: Seconds for which a district's line is engaged after the call is
            cancelled; 0.1 for others.
        fails: What a district raises in place of an answer.
        breaks: What a district raises when its call is called off.
        counted: The votes of a district; random for others.
        lines: The calls so far, in the order in which they were made.
        raised: What has really been raised so far.
    """

    clock: Clock
    takes: dict[str, float] = field(default_factory=dict)
    calling_off_takes: dict[str, float] = field(default_factory=dict)
    fails: dict[str, Exception] = field(default_factory=dict)
    breaks: dict[str, Exception] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    raised: list[Exception] = field(default_factory=list)

    def votes(self, district: str) -> int:
        """Return the votes of a district, which nobody can guess unless they are given."""
        return self.counted.setdefault(district, 1000 + secrets.randbelow(1_000_000))

    @property
    def now(self) -> float:
        """The seconds since the request was made."""
        return round(float(self.clock.elapsed), 9)

    async def count(self, district: str) -> int:
        """Stand in for `Offices.count`."""
        number = len(self.lines)
        self.lines.append(Line(district, self.now))
        try:
            await asyncio.sleep(self.takes.get(district, COUNTING_S))
        except asyncio.CancelledError:
            self._note(number, ended="called off", at=self.now)
            try:
                await asyncio.sleep(self.calling_off_takes.get(district, CALLING_OFF_S))
            except asyncio.CancelledError:
                self._note(number, cut_short=self.now)
                raise
            self._note(number, free=self.now)
            if error := self.breaks.get(district):
                self.raised.append(error)
                raise error from None
            raise
        error = self.fails.get(district)
        self._note(number, ended="failed" if error else "answered", at=self.now, free=self.now)
        if error:
            self.raised.append(error)
            raise error
        return self.votes(district)

    def _note(self, number: int, **changes: float | str) -> None:
        self.lines[number] = replace(self.lines[number], **changes)  # type: ignore[arg-type]
