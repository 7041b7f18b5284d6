"""What is recorded of an interview: runs, times and what was meddled with."""

from __future__ import annotations

import zipfile
from collections.abc import Callable

import pytest

from dojo import cli, interview
from dojo.interview import MARK, candidate, chart, course, record
from dojo.model import State
from tests.dojo.house import KATA, House, side_by_side
from tests.dojo.interview.conftest import ADDS_UP, DOUBLES, VIEWS, Capture, Clocks, note, said, told

# These start processes and wait for them, in real time.
pytestmark = [pytest.mark.realtime, pytest.mark.timeout(120)]


def test_the_course_is_told_by_runs(given: House, clocks: Clocks) -> None:
    """When which test turned green, and how long each kata took."""
    candidate.start(given.root)
    clocks.go(5)
    note(given, doubles=State.FAILED)
    clocks.go(10)
    note(given)
    clocks.go(7)
    note(given, adds=State.PASSED)
    clocks.go(3)
    _, place = candidate.stop(given.root)

    story = told(given)

    assert (story.seconds, story.ended, story.notes) == (25 * 60, True, ())
    assert story.spent == {KATA: 22 * 60}
    runs = story.runs(KATA)
    assert [*course.turned_green(runs)] == [(15 * 60, DOUBLES), (22 * 60, ADDS_UP)]
    assert [course.is_solved(moment.event) for moment in runs] == [False, False, True]
    drawn = chart.draw({DOUBLES: "D", ADDS_UP: "A"}, runs, limit_s=3600, end_s=story.seconds)
    assert [[bar.kind for bar in row.bars] for row in drawn.rows] == [["red", "green"]] * 2
    assert drawn.rows[0].bars[1].x == drawn.runs[1].x
    with zipfile.ZipFile(place) as archive:
        assert sorted(archive.namelist()) == [MARK, record.FILE, VIEWS]


def test_nothing_is_recorded_elsewhere_before_or_afterwards(house: House, given: House) -> None:
    """In a copy that is no interview, before the start, after the stop."""
    note(given)
    assert not (given.root / record.FILE).exists()
    candidate.start(given.root)
    candidate.stop(given.root)
    before = (given.root / record.FILE).read_bytes()

    note(given)
    (given.root / MARK).rename(given.root / "elsewhere.json")
    note(given)

    assert (given.root / record.FILE).read_bytes() == before


def test_what_a_candidate_gets_wrong_is_said(given: House, clocks: Clocks, capsys: Capture) -> None:
    """To run or to stop before the start, to start twice, to stop twice."""
    assert "has not begun: read INTERVIEW.md" in run_plain(capsys)
    assert "has not begun, so there is nothing to stop" in said(capsys, "stop", code=2)
    assert "Your 60 minutes run from now" in said(capsys, "start")
    assert "of 60 minutes already runs since" in said(capsys, "start", code=2)
    assert "Hand back" in said(capsys, "stop")
    (place,) = given.root.glob("interview-*.zip")
    place.unlink()
    assert str(place) in said(capsys, "stop")
    assert place.exists()
    events = record.read(given.root).events
    assert [event.kind for event in events] == [record.START, record.STOP]


def test_who_starts_again_has_the_time_that_is_left(
    given: House, clocks: Clocks, capsys: Capture
) -> None:
    """The pause is nobody's time, and what was used before it is not given again."""
    for minutes, words, left in (
        (20, "Your 60 minutes run", "40 min of 60 min left"),
        (50, "20 min of your 60", "your 60 minutes are over"),
        (0, "are over", "your 60 minutes are over"),
    ):
        assert words in said(capsys, "start")
        clocks.go(minutes)
        assert left in status(capsys)
        assert left in interview.time_left(given.root)
        assert "not recorded" in said(capsys, "stop")
        assert "Interview" not in status(capsys)
        clocks.go(600)


def status(capsys: Capture) -> str:
    """Return what `dojo status` says."""
    assert cli.main(["status"]) == 0
    return capsys.readouterr().out


def run_plain(capsys: Capture) -> str:
    """Return what the main command says to a candidate who has not begun."""
    assert [cli.main(["--once"]), cli.main(["run", "k101"])] == [2, 2]
    return capsys.readouterr().err


def test_it_is_no_interview_elsewhere(house: House, capsys: Capture) -> None:
    """A copy without that file."""
    for word in ("start", "stop"):
        assert "this is no interview (.interview/interview.json" in said(capsys, word, code=2)


def test_two_terminals_lose_no_line(given: House) -> None:
    """Each line follows from the one before it."""
    candidate.start(given.root)

    side_by_side({str(number): lambda: note(given) for number in range(20)})

    found = record.read(given.root)
    assert (len(found.events), found.problems) == (21, ())


def test_a_pause_does_not_count(given: House, clocks: Clocks) -> None:
    """Whoever stops by mistake can start again; the report says so."""
    for minutes in (10, 30):
        candidate.start(given.root)
        clocks.go(minutes)
        note(given)
        candidate.stop(given.root)
        clocks.go(600)

    story = told(given)

    assert story.seconds == 40 * 60
    assert "stopped at 09:10 UTC and started again at 19:10 UTC" in "".join(story.notes)


@pytest.mark.parametrize(
    ("change", "seconds", "note_"),
    [
        (lambda clocks: clocks.go(20, wall=-100), 1800, "set back by 2 h 0 min."),
        (lambda clocks: clocks.go(20, wall=80), 1800, "by 60 min more than the machine ran"),
        (lambda clocks: clocks.go(-10, wall=20), 1800, "was started anew; the 20 min before"),
        (lambda clocks: clocks.go(-10, wall=-20), 600, "set back by 20 min; no time is counted"),
    ],
    ids=["set back", "slept", "restarted", "restarted and set back"],
)
def test_clocks_that_jump_are_told(
    given: House,
    clocks: Clocks,
    change: Callable[[Clocks], None],
    seconds: int,
    note_: str,
) -> None:
    """Time never runs backwards, whatever a clock says."""
    candidate.start(given.root)
    clocks.go(10)
    note(given)
    change(clocks)
    note(given)
    candidate.stop(given.root)

    story = told(given)

    assert story.seconds == seconds
    assert len(story.notes) == 1
    assert note_ in story.notes[0]


Lines = list[bytes]
JUNK_LINES = [
    *(b"[]", b"\xff", b'{"event": 1}', b"[" * 90_000),
    b'{"event": "start", "at": "2026-03-01T09:00Z", "clock": 1e308}',
    b'{"event": "start", "at": "2026-03-01T09:00Z", "clock": NaN}',
    b'{"event": "start", "at": "0001-01-01T00:00+05:00", "clock": 1}',
    b'{"event": "run", "at": "2026-03-01T09:00Z", "clock": 1}',
    b'{"event": "run", "at": "2026-03-01T09:00Z", "clock": 1, "kata": "k", "tests": {"a": "well"}}',
    b'{"event": "start", "at": 5, "clock": 1',
]


@pytest.mark.parametrize(
    ("change", "notes", "events"),
    [
        (lambda lines: [*lines[:3], lines[3][:30]], ["Line 4 of the record was cut off."], 3),
        (
            lambda lines: [*lines[:2], b'{"event": "run"', lines[3] + b"\n"],
            ["Line 3 of the record can't be read.", "Line 4 of the record does not follow"],
            3,
        ),
        (
            lambda lines: [lines[0], lines[1].replace(b"failed", b"passed"), *lines[2:]],
            ["Line 3 of the record does not follow from the one before it"],
            4,
        ),
        (
            lambda lines: [lines[0], lines[2], lines[3]],
            ["Line 2 of the record does not follow from the one before it"],
            3,
        ),
        (lambda lines: JUNK_LINES, [f"Line {n}" for n in range(1, len(JUNK_LINES) + 1)], 0),
    ],
    ids=["cut off", "broken", "changed", "taken out", "junk"],
)
def test_a_record_that_was_meddled_with_is_read_as_far_as_can_be(
    given: House, change: Callable[[Lines], Lines], notes: list[str], events: int
) -> None:
    """What is wrong is told, with the line."""
    candidate.start(given.root)
    note(given)
    note(given)
    candidate.stop(given.root)
    path = given.root / record.FILE
    path.write_bytes(b"\n".join(change(path.read_bytes().splitlines())))

    found = record.read(given.root)

    assert len(found.events) == events
    assert len(found.problems) == len(notes)
    assert all(map(str.startswith, found.problems, notes)), found.problems


def test_a_course_of_centuries_is_drawn() -> None:
    """With as many numbers on its axis as any other."""
    drawn = chart.draw({DOUBLES: "D"}, (), limit_s=60, end_s=3e11)

    assert 2 <= len(drawn.numbers) <= chart.MOST_NUMBERS + 1


def test_a_record_that_was_cut_off_goes_on(given: House) -> None:
    """The next line begins below the rest of the last one."""
    candidate.start(given.root)
    note(given)
    path = given.root / record.FILE
    path.write_bytes(path.read_bytes()[:-20])

    note(given)
    candidate.stop(given.root)

    found = record.read(given.root)
    assert [event.kind for event in found.events] == [record.START, record.RUN, record.STOP]
    assert found.problems == ("Line 2 of the record can't be read.",)


@pytest.mark.parametrize(
    ("kinds", "note_"),
    [
        ([record.RUN], "has a run at 09:00 UTC, while it did not run; it is left out."),
        ([record.START, record.START], "has a second start at 09:00 UTC, while it ran"),
        ([record.STOP], "It was never started, so nothing is recorded."),
        ([record.START], "It was never stopped; the time after the last run is not known."),
    ],
)
def test_a_record_in_a_wrong_order_is_told(
    given: House, clocks: Clocks, kinds: list[str], note_: str
) -> None:
    """No line in it breaks the report."""
    (given.root / record.FILE).parent.mkdir(exist_ok=True)
    for kind in kinds:
        record.append(given.root, kind, kata=KATA)

    assert note_ in "\n".join(told(given).notes)
