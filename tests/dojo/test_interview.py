"""``dojo interview``: what is handed out, what is recorded, what is reported of what comes back."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from dojo import catalogue, cli, interview, runner
from dojo.cli import go
from dojo.interview import (
    MARK,
    bundle,
    candidate,
    chart,
    course,
    handout,
    judge,
    record,
    resemblance,
)
from dojo.interview.course import Course
from dojo.model import Case, Kata, Result, Run, State
from tests.dojo.house import CLONE, KATA, House, side_by_side, views
from tests.dojo.leaks import leaks

# These start processes and wait for them, in real time.
pytestmark = [pytest.mark.realtime, pytest.mark.timeout(120)]
Capture = pytest.CaptureFixture[str]
VIEWS = f"katas/{KATA}/views.py"
DOUBLES, ADDS_UP = "test_views.py::test_doubles", "test_views.py::test_adds_up"


class Clocks:
    """The two clocks of a record, in the hands of a test."""

    def __init__(self) -> None:
        self.wall = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
        self.steady = 1000.0

    def go(self, minutes: float, *, wall: float | None = None) -> None:
        """Let time pass; on the *wall*, another span."""
        self.steady += 60 * minutes
        self.wall += timedelta(minutes=minutes if wall is None else wall)


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    """Put the clocks of the record into the test's hands."""
    clocks = Clocks()

    class Fixed(datetime):
        """Whose present is the test's."""

        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            """Return it."""
            return clocks.wall

    monkeypatch.setattr(record, "time", SimpleNamespace(monotonic=lambda: clocks.steady))
    monkeypatch.setattr(record, "datetime", Fixed)
    return clocks


@pytest.fixture
def given(house: House) -> House:
    """Make the small dojo a candidate's copy, of an interview of one hour."""
    house.furnish()
    made = handout.new([house.kata()], 60, "Backend")
    house.write(MARK, json.dumps({"version": 1, **vars(made)}))
    return house


def note(house: House, **states: State) -> None:
    """Note a run of the kata, in which its two tests ended so."""
    tests = {DOUBLES: states.get("doubles", State.PASSED), ADDS_UP: states.get("adds", "failed")}
    results = tuple(Result(Case(id_, "", 1), State(state)) for id_, state in tests.items())
    go.note(house.kata(), Run(results, seconds=0.25), house.root)


def told(house: House) -> Course:
    """Return the course that the house's record tells."""
    return course.course_of(record.read(house.root))


def said(capsys: Capture, *words: object, code: int = 0) -> str:
    """Return what a command prints, and check its exit code."""
    assert cli.main(["interview", *map(str, words)]) == code, capsys.readouterr()
    out, err = capsys.readouterr()
    return err if code else out


# What is handed out


def test_a_bundle_holds_the_rules_and_no_answer() -> None:
    """Nor a hint, to any kata; and what it says about itself can be read."""
    katas = catalogue.load(CLONE)
    chosen = [kata for kata in katas if kata.number in {"k102", "k202"}]
    interview = handout.new(chosen, 60, "Backend, Ada")

    files = handout.tree(interview, CLONE, chosen)

    assert leaks(files, katas, hints_too=True) == []
    assert [path for path in files if path.startswith(("solutions/", "tests/dojo/"))] == []
    rules = files[bundle.RULES].decode()
    for words in ("**60 minutes**", "interview start", "interview stop", "k202", "Backend, Ada"):
        assert words in rules
    assert json.loads(files[MARK])["id"] == interview.id
    assert files["README.md"].decode().count("INTERVIEW.md") == 2


@pytest.mark.parametrize(
    ("words", "said_"),
    [
        (["--minutes", "0"], "an interview takes 1 to 1440 minutes."),
        (["--minutes", "60", "--name", "two\nlines"], "a name is one line of"),
        (["--minutes", "60", "--katas", "k105"], "No kata is called 'k105'.\nDid you mean"),
    ],
)
def test_a_bundle_that_can_not_be_is_not_made(
    house: House, tmp_path: Path, capsys: Capture, words: list[str], said_: str
) -> None:
    """It says why, and leaves nothing."""
    more = ["--katas", "k101"] if "--katas" not in words else []

    assert said_ in said(capsys, "new", "--to", tmp_path / "new.zip", *words, *more, code=2)
    assert [*tmp_path.iterdir()] == []


# What is recorded


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


# What is reported


@pytest.fixture
def back(given: House, clocks: Clocks, tmp_path: Path) -> Callable[..., Path]:
    """Return what makes a zip of what a candidate hands back."""

    def hand_back(answer: str | None, **changed: bytes) -> Path:
        candidate.start(given.root)
        if answer is not None:
            given.write(VIEWS, answer)
        clocks.go(10)
        note(given)
        place = candidate.stop(given.root)[1]
        # What the interviewer has there is nobody's business.
        given.write(VIEWS, views())
        (given.root / MARK).unlink()
        new = tmp_path / "back.zip"
        with zipfile.ZipFile(place) as old, zipfile.ZipFile(new, "w") as archive:
            for name in old.namelist():
                data = changed.get(name.rpartition("/")[2].partition(".")[0], old.read(name))
                if data:
                    archive.writestr(name, data)
        return new

    return hand_back


def test_a_wrong_answer_is_reported_with_what_it_resembles(
    given: House, back: Callable[..., Path], tmp_path: Path, capsys: Capture
) -> None:
    """In the terminal and on one page, on which a browser runs nothing of the candidate's."""
    evil = "<script>alert('&')</script>"
    answer = f'"""{evil}"""\n' + views(double=f"(print({evil!r}), number * 3)[1]").replace(
        "number):", "number):  # mine"
    )
    page = tmp_path / "report.html"

    out = said(capsys, "report", back(answer), "--out", page)

    assert re.search(r"k101 Double +fails +1 of 2 +1 of 2 +0.5 of 1 +10 min +1", out), out
    assert re.search(r"k101 resembles tripled \(\d\d% alike\): A lesson\.", out), out
    html = page.read_text()
    assert "<script" not in html
    assert "&lt;script&gt;alert(&#x27;&amp;&#x27;)" in html
    assert "double(21) is 63; expected 42." in html
    assert "+    return (print(" in html
    assert "a <code>TypeError</code>, and who is to see it." in html
    assert '<rect class="bar-green"' in html
    style = re.search(r"<style>(.*)</style>", html, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"default-src &#x27;none&#x27;; style-src &#x27;sha256-{digest}&#x27;" in html
    assert not re.search(r"(?i)\sstyle=|\son\w+=|https?://|url\(|<(link|img|iframe|script)", html)
    assert "is not replaced" in said(capsys, "report", tmp_path / "back.zip", "--out", page, code=2)


@pytest.fixture
def without_walls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run suites as a learner does, for tests of which files are judged.

    Walls take three processes more for each kata; the other tests of the report have them.
    """

    def run(kata: Kata, root: Path, answers: Path) -> Run:
        return runner.run(kata, root, answers=f"{kata.slug}={answers}")

    monkeypatch.setattr(judge, "judge", run)


@pytest.mark.usefixtures("without_walls")
def test_the_stub_stands_in_for_what_is_missing(
    given: House, back: Callable[..., Path], capsys: Capture
) -> None:
    """Nothing of the interviewer's own, solved files shows through."""
    out = said(capsys, "report", back(views(), views=b""))

    assert re.search(r"k101 Double +not begun +0 of 2 +0 of 2 +0 of 1", out), out
    assert f"Note: {VIEWS} is missing, a link, or too large; the stub stands in for it." in out


@pytest.mark.usefixtures("without_walls")
def test_files_are_compared_with_what_was_recorded(
    given: House, back: Callable[..., Path], capsys: Capture
) -> None:
    """Changed before the start, after the stop; and a suite that is a newer one."""
    given.write(VIEWS, "early = True\n")
    archive = back(None, views=views().encode())
    given.append(f"tests/{KATA}/test_views.py", "\n# newer\n")

    out = said(capsys, "report", archive)

    assert re.search(r"k101 Double +passes +2 of 2", out), out
    assert f"{VIEWS} was no stub any more when the interview was started." in out
    assert f"{VIEWS} is not what it was when the interview was stopped." in out
    assert "The suite of k101 is not the one that was handed out." in out


def test_an_answer_that_can_not_be_imported_is_reported(
    given: House, back: Callable[..., Path], tmp_path: Path, capsys: Capture
) -> None:
    """With the reason, without points, and without a likeness."""
    page = tmp_path / "report.html"

    out = said(capsys, "report", back("def double(:\n"), "--out", page)

    assert re.search(r"k101 Double +fails +0 of 2 +0 of 2 +0 of 1", out), out
    assert "k101 could not be run: SyntaxError" in out
    assert "resembles" not in out
    assert "The tests could not start." in page.read_text()


TABLE = {"version": 1, "id": "01234567", "name": "", "minutes": 1, "katas": {KATA: ""}, "made": ""}
CHANGES: list[dict[str, object]] = [
    {"id": "../../.."},
    {"minutes": 1e9},
    {"minutes": True},
    {"name": "a\x1b[2J"},
    {"katas": 5},
    {"katas": {}},
    {"katas": {KATA: 5}},
    {"katas": {"k999_none": ""}},
    {"more": 1},
]
JUNK = [
    *("", "{", "[]", '"text"', "[" * 90_000, '{"version": 2}', '{"version": 1, "id": "x"}'),
    *(json.dumps(TABLE | change) for change in CHANGES),
]


@pytest.mark.parametrize("text", JUNK, ids=range(len(JUNK)))
def test_what_is_no_interview_is_refused(
    house: House, tmp_path: Path, capsys: Capture, text: str
) -> None:
    """Whatever stands in the file that should say which it is."""
    (tmp_path / ".interview").mkdir()
    (tmp_path / MARK).write_text(text)

    message = said(capsys, "report", tmp_path, code=2)

    assert len(message.splitlines()) == 2, message


@pytest.mark.usefixtures("without_walls")
def test_what_leads_out_of_a_folder_is_not_read(
    house: House, given: House, tmp_path: Path, capsys: Capture
) -> None:
    """A link to a file of the interviewer's, and a zip with one."""
    (tmp_path / "secret.py").write_text("SECRET = 1\n")
    folder = tmp_path / "folder"
    (folder / VIEWS).parent.mkdir(parents=True)
    (folder / VIEWS).symlink_to(tmp_path / "secret.py")
    (folder / ".interview").mkdir()
    shutil.copy(given.root / MARK, folder / ".interview")
    link = zipfile.ZipInfo("link")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "links.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")

    out = said(capsys, "report", folder)

    assert f"{VIEWS} is missing, a link" in out
    assert "not begun" in out
    assert "is a link or a device" in said(capsys, "report", tmp_path / "links.zip", code=2)
    message = said(capsys, "report", tmp_path / "secret.py", code=2)
    assert "can't be unpacked" in message
    assert "interview stop` has made" in message


def test_likeness_ranks_what_fails_the_same_tests(house: House) -> None:
    """Names of tests decide who is in, the code decides the order; layout and comments do not."""
    house.write(VIEWS, '"""Mine."""\n\n# As I see it.\n' + views(double="(number * 3)"))
    run = failed("test_doubles")

    found = resemblance.find(house.kata(), house.root, run, house.root / f"katas/{KATA}")

    assert {one.name for one in found} == {"tripled", "unchanged", "nothing"}
    assert (found[0].name, found[0].likeness) == ("tripled", 1.0)
    assert all(one.likeness < 1 for one in found[1:])


@pytest.mark.parametrize("tests", [(), ("test_doubles", "test_adds_up")])
def test_nothing_is_like_what_fails_other_tests(house: House, tests: tuple[str, ...]) -> None:
    """Or none at all."""
    folder = house.root / f"katas/{KATA}"

    assert resemblance.find(house.kata(), house.root, failed(*tests), folder) == ()


def test_nothing_is_like_what_was_not_written(house: House) -> None:
    """Its tests fail by the stub, whichever wrong answer fails the same ones."""
    (result,) = failed("test_doubles").results
    for message in ("NotImplementedError: task 1", "GET /double/ raised NotImplementedError: 1"):
        run = Run((replace(result, message=message),))

        assert resemblance.find(house.kata(), house.root, run, house.root / f"katas/{KATA}") == ()


@pytest.mark.parametrize("code", [b"def (", b"\0", b"-" * 50_000 + b"1", b"x = 1\n" * 20_000])
def test_code_of_any_kind_is_compared(code: bytes) -> None:
    """With no word in common, if it is no Python or too much of it."""
    assert resemblance.words(code) == []


def failed(*tests: str) -> Run:
    """Return a run in which these tests failed."""
    cases = (Case(f"test_views.py::{name}", "", 1) for name in tests)
    return Run(tuple(Result(case, State.FAILED) for case in cases))


# From the beginning to the end


def test_an_interview_from_the_bundle_to_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """Unpacked into an empty home; worked on with the dojo that is in the bundle."""
    monkeypatch.chdir(CLONE)
    home = tmp_path / "home"
    home.mkdir()
    words = ["--katas", "k102,k101", "--minutes", "45", "--to", home / "bundle.zip"]
    out = said(capsys, "new", *words, "--name", "Ada")
    assert "k101, k102, 45 minutes" in out
    with zipfile.ZipFile(home / "bundle.zip") as archive:
        archive.extractall(home)
    (root,) = home.glob("interview-*")

    assert "has not begun" in ask(root, 2, "--once")
    assert "Your 45 minutes run from now" in ask(root, 0, "interview", "start")
    hand_in(root, "k101_first_async_view", "answer")
    hand_in(root, "k102_fan_out", "rejected/sequential")
    out = ask(root, 1, "--once")
    assert "k102 Fan out · 8 of 10 pass" in out
    assert "edit  katas/k102_fan_out/views.py" in out
    handed_back = ask(root, 0, "interview", "stop")
    place = re.search(r"Hand back (.+\.zip)", handed_back)
    assert place

    out = said(capsys, "report", place[1], "--out", tmp_path / "report.html")

    assert re.search(r"k101 .+ passes +(\d+) of \1 +4 of 4 ", out), out
    assert re.search(r"k102 .+ fails +\d+ of \d+ +2 of 4 ", out), out
    assert "k102 resembles sequential (100% alike): Awaiting in a loop" in out
    assert "Note:" not in out
    html = (tmp_path / "report.html").read_text()
    assert html.count("<svg") == 2
    assert "<h1>Ada</h1>" in html


def hand_in(root: Path, slug: str, which: str) -> None:
    """Put an answer where a candidate writes it."""
    for path in (CLONE / "solutions" / slug / which).glob("*.py"):
        shutil.copy(path, root / "katas" / slug)


def ask(root: Path, code: int, *words: str) -> str:
    """Return what the bundle's own dojo says, to somebody who has nothing but this Python."""
    kept: Mapping[str, str] = {key: os.environ[key] for key in ("PATH",) if key in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "dojo", *words],
        cwd=root,
        env={**kept, "HOME": str(root.parent), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == code, done
    return done.stderr if code == 2 else done.stdout
