"""Marks: what a test is worth, what earns it, and what is nobody's zero."""

from __future__ import annotations

import compileall
import functools
from collections.abc import Mapping
from dataclasses import replace
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from dojo.grading import events, judge, kit, model, plugins, sandbox, tampering, whitebox
from dojo.grading.canary import Canary
from dojo.grading.events import Event
from dojo.grading.judge import give_points
from dojo.grading.kit import Kit
from dojo.grading.model import Box, KataMark, TestMark, Verdict
from dojo.grading.sandbox import Ended
from dojo.grading.tampering import Statement
from dojo.grading.whitebox import Suite, Walls
from dojo.model import Case, Kata
from dojo.runner import cold
from tests.dojo.conftest import Build
from tests.dojo.house import KATA, SOLVED, House, side_by_side, views

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]
PARAMETRISED = '''

@pytest.mark.task(2)
@pytest.mark.parametrize("count", [0, 1, 2])
async def test_adds_up_many(count):
    """Any number of numbers is added."""
    assert await views.total([1] * count) == count


def test_given():
    """This passes on the stub, too."""
'''
HIDDEN = '''
"""What the learner does not see."""

from katas.{slug} import views


async def test_hidden():
    """Doubles what is not in the suite."""
    assert await views.double(-4) == -8, "double(-4) is not -8"
'''


@pytest.fixture(scope="module")
def house(build: Build) -> House:
    """Make a dojo whose kata has weights, cases, a test that is given, and a hidden suite."""
    house = build()
    house.furnish()
    house.write_metadata(points=10)
    house.append(f"katas/{KATA}/kata.toml", "[weights]\ntest_doubles = 3\n")
    house.append(f"tests/{KATA}/test_views.py", PARAMETRISED)
    house.write(f"hidden/{KATA}/test_more.py", HIDDEN.format(slug=KATA))
    return house


@pytest.fixture(scope="module")
def own(house: House, tmp_path_factory: pytest.TempPathFactory) -> Kit:
    folder = tmp_path_factory.mktemp("kit")
    return kit.build(house.root, [house.kata()], folder, house.root / "hidden")


def judged(own: Kit, walls: Walls, text: str) -> KataMark:
    return judge.judge(own, own.katas[0], {"views.py": text.encode()}, walls, "seed")


def points_of(mark: KataMark) -> dict[str, tuple[int, int]]:
    """Return what each test earned and is worth."""
    return {test.id.partition("::")[2]: (test.earned, test.worth) for test in mark.tests}


@pytest.fixture(scope="module")
def marks(house: House, own: Kit, walls: Walls) -> dict[str, KataMark]:
    """Judge answers of all kinds."""
    answers = {
        "right": SOLVED,
        "wrong where it is hidden": views(double="abs(number) * 2"),
        "tripled": views(double="number * 3"),
        "stub": (house.root / f"katas/{KATA}/views.py").read_text(),
        "broken": "def broken(:\n",
    }
    return side_by_side(
        {name: functools.partial(judged, own, walls, text) for name, text in answers.items()}
    )


def test_a_right_answer_earns_all_by_weight_and_case(marks: dict[str, KataMark]) -> None:
    mark = marks["right"]

    assert mark.passed, mark.failures
    assert mark.earned == mark.worth == 1000
    assert points_of(mark) == {
        "test_doubles": (428, 428),
        "test_adds_up": (143, 143),
        "test_adds_up_many[0]": (48, 48),
        "test_adds_up_many[1]": (48, 48),
        "test_adds_up_many[2]": (47, 47),
        "test_given": (143, 143),
        "test_hidden": (143, 143),
    }
    assert [test.hidden for test in mark.tests] == [False] * 6 + [True]


def test_what_passes_earns_its_part(marks: dict[str, KataMark]) -> None:
    """And the hidden test fails by itself."""
    mark = marks["wrong where it is hidden"]

    assert {test.id: test.message for test in mark.failures} == {
        "test_more.py::test_hidden": "double(-4) is not -8"
    }
    assert mark.earned == 1000 - 143
    assert not mark.resembles


def test_a_misconception_is_recognised(marks: dict[str, KataMark]) -> None:
    mark = marks["tripled"]

    assert {one.name for one in mark.resembles} == {"tripled", "unchanged", "nothing"}
    assert mark.tests[0].message == "double(21) is 63; expected 42."


def test_the_stub_earns_nothing(marks: dict[str, KataMark]) -> None:
    """Not even for the test that passes on it."""
    mark = marks["stub"]

    assert mark.earned == 0
    assert [test.id for test in mark.tests if test.verdict is Verdict.PASSED] == [
        "test_views.py::test_given"
    ]
    assert judge.NOTHING in mark.notes


def test_what_cannot_be_imported_is_missing_with_its_reason(marks: dict[str, KataMark]) -> None:
    mark = marks["broken"]

    assert {test.verdict for test in mark.tests} == {Verdict.MISSING}
    assert mark.tests[0].error == "SyntaxError"
    assert mark.earned == 0


def test_a_hidden_suite_is_closed_to_other_users(own: Kit) -> None:
    """Where each run is another user, only the run of the hidden suite itself gets a copy."""
    (kata,) = own.katas
    assert own.hidden
    project = kit.with_hidden(own.project(kata), kata.slug, own.hidden / kata.slug)

    assert [path.name for path in (project / "tests" / kata.slug).glob("test_*")] == [
        "test_more.py"
    ]
    assert project.stat().st_mode & 0o077 == 0
    assert kit.with_hidden(own.project(kata), kata.slug, own.hidden / kata.slug) == project


def test_a_fault_of_ours_is_no_mark(
    own: Kit, walls: Walls, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> Ended:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sandbox, "run", full)
    mark = judged(own, walls, SOLVED)

    assert not mark.marked
    assert "No space left on device" in mark.fault


def test_walls_that_do_not_come_up_are_a_fault(own: Kit, walls: Walls) -> None:
    broken = Walls(replace(walls.level, bwrap="/bin/false"), walls.limits)
    mark = judged(own, broken, SOLVED)

    assert "The sandbox did not come up" in mark.fault


def test_a_suite_that_does_not_run_on_its_stub_is_a_fault(
    own: Kit, walls: Walls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken environment is not the submission's fault."""
    monkeypatch.setattr(whitebox, "made", {})
    monkeypatch.setattr(whitebox, "PLUGINS", "no.such.plugin")
    mark = judged(own, walls, SOLVED)

    assert "does not run on its stub" in mark.fault
    assert "no.such.plugin" in mark.fault


def test_the_stub_is_asked_only_where_it_decides(
    own: Kit, walls: Walls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What passes inside and outside earns; of the rest, what does not pass on the stub."""
    inside = TestMark("test_views.py::test_one", "One.", 1, Verdict.PASSED)
    failing = replace(inside, id="test_views.py::test_two", verdict=Verdict.FAILED)
    seen = replace(inside, id="blackbox.py::sees", box=Box.BLACK)
    unseen = replace(seen, verdict=Verdict.FAILED)
    suite = Suite(Path("tests"), ())
    asked: list[Suite] = []

    def given(kit: Kit, kata: Kata, suite: Suite, walls: Walls) -> frozenset[str]:
        asked.append(suite)
        return frozenset({inside.id})

    def earns(*tests: TestMark) -> bool:
        return judge.earns(own, own.katas[0], [suite], tests, walls)

    monkeypatch.setattr(whitebox, "given", given)
    assert earns(inside, seen)
    assert asked == []
    assert not earns(inside)
    assert not earns(inside, unseen)
    assert earns(inside, failing, seen)
    assert earns(replace(inside, hidden=True))
    assert len(asked) == 4


def test_a_graded_run_has_the_plugins_of_every_run_and_one_more() -> None:
    assert (*cold.PLUGINS, *cold.OWN_PLUGINS, "dojo.grading.watch") == plugins.NAMES


def test_a_kit_has_the_bytecode_of_all_its_modules(own: Kit) -> None:
    """Nobody can write it behind walls: each run would compile them anew."""
    modules = list(own.library.rglob("*.py"))

    assert modules
    assert [path for path in modules if not Path(cache_from_source(str(path))).is_file()] == []


CASES = (Case("test_a.py::test_one", "One.", 1), Case("test_a.py::test_two", "Two.", 1))
CANARY = Canary("test_c.py", ("test_c.py::test_bad",), ("test_c.py::test_good",), "word")


def result(test: str, state: str = "passed", message: str = "") -> Event:
    texts = {"message": message, "error": "", "where": "", "printed": ""}
    return {"event": "result", "id": test, "state": state, "seconds": 0.1, **texts}


def honest() -> list[Event]:
    """Return what a run of CASES says in which all is well."""
    ids = [*CANARY.failing, *CANARY.passing, *(case.id for case in CASES)]
    said: list[Event] = [{"event": "case", "id": one, "title": ""} for one in ids]
    for one in ids:
        bad = one in CANARY.failing
        outcome = result(one, "failed", "word") if bad else result(one)
        said += [{"event": "start", "id": one}, outcome]
    return [*said, {"event": "end"}]


def stated(said: list[Event], *, code: int | None = 1) -> Statement:
    return Statement(CASES, [CANARY], said, Ended(code, "" if code else "late", b"", "", 1.0))


def change(index: int, **values: object) -> list[Event]:
    said = honest()
    said[index] = said[index] | values
    return said


def test_an_honest_report_bears_no_sign_of_tampering() -> None:
    for length in range(len(honest()) + 1):
        assert tampering.sign(stated(honest()[:length], code=1 if length == 13 else None)) == ""


SIGNS: Mapping[str, list[Event]] = {
    "results are reported that no test gave": [*honest(), result(CASES[0].id)],
    "the session was ended before all tests had run": [*honest()[:8], {"event": "end"}],
    "it lists other tests than there are": change(3, id="test_a.py::test_three"),
    "a test that must fail passed": change(5, state="passed"),
    "a test that must fail failed with another message": change(5, message="other"),
    "a guard of Django is down": change(7, state="failed"),
    "what": [{"event": "tampered", "what": "what"}, *honest()],
}


@pytest.mark.parametrize("sign", SIGNS)
def test_each_sign_of_tampering_is_seen(sign: str) -> None:
    assert tampering.sign(stated(SIGNS[sign])) == sign


def test_success_is_a_sign_as_some_tests_must_fail() -> None:
    said = Statement(CASES, [CANARY], honest(), Ended(0, "", b"", "", 1.0))
    assert tampering.sign(said) == (
        "the run ended as if all tests had passed, though some must fail"
    )


def test_canaries_that_are_left_out_are_missed() -> None:
    said = [
        event for event in honest() if event.get("id") not in (*CANARY.failing, *CANARY.passing)
    ]
    assert tampering.sign(stated(said)) == "2 tests of the grader's own did not come back"


@pytest.mark.parametrize(
    "line",
    [
        b"junk",
        b"[]",
        b'{"event": 1}',
        b'{"event": "unheard of"}',
        b'{"event": "start", "id": ["list"]}',
        b'{"event": "result", "id": "a"}',
        b"[" * 100_000,
        b'{"event": "start", "id": ' + b"9" * 5_000 + b"}",
    ],
)
def test_a_line_that_no_reporter_wrote_is_tampering(line: bytes) -> None:
    good = b'{"event": "confined"}\n'
    found = events.read(good + line + b"\n" + good)

    assert [event["event"] for event in found] == ["confined", "tampered"]


def test_a_report_is_read_up_to_a_limit() -> None:
    found = events.read(b'{"event": "end"}\n' * (events.MOST + 10))

    assert len(found) == events.MOST + 1
    assert found[-1]["event"] == "tampered"


def test_a_half_line_at_the_end_is_left_out() -> None:
    assert events.read(b'{"event": "end"}\n{"event": "sta') == [{"event": "end"}]


@pytest.mark.parametrize("seconds", ["NaN", "Infinity", "-1", '"1"', "null", "1e99"])
def test_a_duration_is_a_number(seconds: str) -> None:
    line = str(result("a")).replace("'", '"').replace("0.1", seconds)

    assert events.event_in(line.replace(seconds, "0.5").encode()) is not None
    assert events.event_in(line.encode()) is None


def test_long_texts_are_shortened() -> None:
    line = str(result("a", "failed", "x" * 50_000)).replace("'", '"')
    found = events.event_in(line.encode())

    assert found is not None
    assert len(found["message"]) == events.LONGEST + 1


def test_points_add_up_whatever_the_weights() -> None:
    kata = Kata.__new__(Kata)
    for name, value in (("points", 7), ("weights", (("test_a", 2),))):
        object.__setattr__(kata, name, value)
    tests = [model.TestMark(f"f.py::test_{letter}", "", 1, Verdict.PASSED) for letter in "abcde"]

    given = list(give_points(kata, tests, nothing=False))
    assert sum(test.worth for test in given) == sum(test.earned for test in given) == 700
    assert sum(test.earned for test in give_points(kata, tests, nothing=True)) == 0


def test_another_suite_or_other_checks_from_outside_make_another_kit(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or else a batch that goes on would keep marks that others have given."""
    house = build()
    house.furnish()
    # No code of these kits is run.
    monkeypatch.setattr(compileall, "compile_dir", lambda *arguments, **options: True)

    def digest(name: str) -> str:
        folder = house.root / name
        folder.mkdir()
        return kit.build(house.root, [house.kata()], folder).digest

    before = digest("before")
    same = digest("same")
    house.write(f"tests/{KATA}/blackbox.py", '"""Nothing is seen from outside."""')
    checked = digest("checked")
    house.append(f"tests/{KATA}/test_views.py", "\n# Another suite.\n")

    assert same == before
    assert len({before, checked, digest("changed")}) == 3
