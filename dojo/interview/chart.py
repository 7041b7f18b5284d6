"""The course of one kata as a chart: a row a test, green for as long as it passed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dojo.interview.course import Moment
from dojo.model import HARMLESS, State

WIDTH, LABELS, ROW, TOP, BOTTOM = 900, 330, 16, 18, 22
LONGEST_LABEL = 54
# Minutes between two numbers of the axis: the first that leaves room for them.
STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 240)
MOST_NUMBERS = 13


@dataclass(frozen=True)
class Bar:
    """For how long a test passed, or did not; in pixels."""

    x: float
    width: float
    kind: str


@dataclass(frozen=True)
class Row:
    """One test."""

    y: int
    label: str
    title: str
    bars: tuple[Bar, ...]

    @property
    def text_y(self) -> int:
        """Where the label stands."""
        return self.y + ROW - 5


@dataclass(frozen=True)
class Mark:
    """A place on the axis."""

    x: float
    label: str = ""


@dataclass(frozen=True)
class Chart:
    """What there is to draw; all lengths in pixels.

    Attributes:
        runs: When the suite was run.
        numbers: Minutes on the axis.
        limit: The end of the time that the candidate had.
    """

    rows: tuple[Row, ...]
    runs: tuple[Mark, ...]
    numbers: tuple[Mark, ...]
    limit: Mark
    width: int = WIDTH
    left: int = LABELS
    top: int = TOP

    @property
    def bottom(self) -> int:
        """Where the rows end."""
        return TOP + ROW * len(self.rows)

    @property
    def height(self) -> int:
        """Height of the whole."""
        return self.bottom + BOTTOM


def draw(
    tests: Mapping[str, str], runs: Sequence[Moment], *, limit_s: float, end_s: float
) -> Chart:
    """Return the chart of one kata.

    Args:
        tests: Title of each test by its id, in file order. A test with parameters has one row.
        runs: The candidate's runs.
        limit_s: The time that the candidate had.
        end_s: When the candidate ended.
    """
    whole = max(limit_s, end_s, 1.0)

    def place(seconds: float) -> float:
        return round(LABELS + (WIDTH - LABELS - 12) * seconds / whole, 1)

    rows = [
        Row(TOP + ROW * number, shortened(title), title, tuple(bars(test, runs, place, end_s)))
        for number, (test, title) in enumerate(
            {without_parameters(test): title for test, title in tests.items()}.items()
        )
    ]
    minutes = whole / 60
    most = int(minutes // MOST_NUMBERS) + 1
    step = next((step for step in STEPS if step >= most), most)
    numbers = [Mark(place(60 * minute), str(minute)) for minute in range(0, int(minutes) + 1, step)]
    return Chart(
        tuple(rows),
        tuple(Mark(place(run.seconds), f"{run.seconds / 60:.1f} min") for run in runs),
        tuple(numbers),
        Mark(place(limit_s)),
    )


def bars(
    test: str, runs: Sequence[Moment], place: Callable[[float], float], end_s: float
) -> Iterator[Bar]:
    """Yield the stretches in which *test* did the same, from one run of it to the next."""
    known = [(run.seconds, kind) for run in runs if (kind := kind_in(run, test))]
    changes = [
        one for before, one in zip([(0.0, ""), *known], known, strict=False) if one[1] != before[1]
    ]
    ends = [*(seconds for seconds, _ in changes[1:]), max(end_s, known[-1][0] if known else 0.0)]
    for (seconds, kind), end in zip(changes, ends, strict=False):
        x = place(seconds)
        yield Bar(x, max(round(place(end) - x, 1), 2.0), kind)


def kind_in(run: Moment, test: str) -> str:
    """Return how a run is coloured: green if *test* passed with all of its parameters."""
    tests = run.event.tests.items()
    states = {state for name, state in tests if without_parameters(name) == test}
    if not states:
        return ""
    if not states <= HARMLESS:
        return "red"
    return "green" if State.PASSED in states else "grey"


def without_parameters(test: str) -> str:
    """Return the id of a test function."""
    return test.partition("[")[0]


def shortened(title: str) -> str:
    """Return a title that fits beside its bars, in plain words."""
    title = title.replace("`", "")
    return title if len(title) <= LONGEST_LABEL else f"{title[: LONGEST_LABEL - 1]}…"
