"""Hostile submissions: none gains a point, and each is reported as what it is.

The files in ``attacks`` are run for real, behind the walls that a class is graded in.
"""

from __future__ import annotations

import functools
import os
import shutil
from pathlib import Path

import httpx
import pytest

from dojo import catalogue
from dojo.blackbox import Draw, Site, checks
from dojo.blackbox.checks import Check, Checks
from dojo.grading import batch, events, journal, kit, outside, sandbox, whitebox
from dojo.grading.intake import sources
from dojo.grading.judge import judge
from dojo.grading.kit import Kit
from dojo.grading.model import Box, Gradebook, KataMark, TestMark, Verdict
from dojo.grading.outside import Stand
from dojo.grading.whitebox import Walls
from dojo.model import Kata
from dojo.reports import FORMATS, saving
from tests.dojo.grading.conftest import LIMITS
from tests.dojo.house import CLONE, House, side_by_side

# Deadlines are the sandbox's own.
pytestmark = [pytest.mark.realtime, pytest.mark.timeout(600)]
ATTACKS = Path(__file__).with_name("attacks")
K101, K102 = "k101_first_async_view", "k102_fan_out"
MEDDLED = "The submission meddled with its judge: "
# What each is reported as: the verdict of its first test, and words of the message.
REPORTED = {
    "closed_descriptors": (Verdict.MISSING, "The run ended before this test."),
    "daemon": (Verdict.FAILED, ""),
    "disk_bomb": (Verdict.MISSING, "No space left on device"),
    "endless_output": (Verdict.MISSING, "File too large"),
    "equal_to_all": (Verdict.TAMPERED, "is equal to everything"),
    "escapes": (Verdict.FAILED, "owned"),
    "exit_at_import": (Verdict.MISSING, "The run ended before this test."),
    "flood": (Verdict.TAMPERED, "its report holds what no test wrote"),
    "forged_and_gone": (Verdict.MISSING, "the run broke off later"),
    "forged_at_exit": (Verdict.TAMPERED, "results are reported that no test gave"),
    "forged_by_a_child": (Verdict.TAMPERED, "results are reported that no test gave"),
    "fork_bomb": (Verdict.MISSING, "The run was ended: it used more than 512 MiB of memory."),
    "hidden_memory": (Verdict.MISSING, "The run was ended: it used more than 512 MiB of memory."),
    "junk": (Verdict.TAMPERED, "its report holds what no test wrote"),
    "killer": (Verdict.MISSING, "found [], parent 1"),
    "memory_bomb": (Verdict.MISSING, "The run was ended: it used more than 512 MiB of memory."),
    "no_loop": (Verdict.TAMPERED, "get_running_loop was replaced"),
    "no_time": (Verdict.FAILED, ""),
    "odd_numbers": (Verdict.TAMPERED, "its report holds what no test wrote"),
    "patched_call": (Verdict.TAMPERED, "CallInfo.from_call was replaced"),
    "patched_json": (Verdict.TAMPERED, "json.dumps was replaced"),
    "patched_reporter": (Verdict.TAMPERED, "Reporter.write was replaced"),
    "patched_reports": (Verdict.TAMPERED, "TestReport.from_item_and_call was replaced"),
    "patched_runtest": (Verdict.TAMPERED, "Function.runtest was replaced"),
    "planted_plugin": (Verdict.TAMPERED, "a plugin was added to pytest, or taken away"),
    "pytest_exit": (Verdict.TAMPERED, "the session was ended before all tests had run"),
    "skip_and_xfail": (Verdict.FAILED, "not today"),
    "skip_at_import": (Verdict.FAILED, "not today"),
    "spy": (Verdict.MISSING, "found [], user "),
    "unguarded": (Verdict.TAMPERED, "DJANGO_ALLOW_ASYNC_UNSAFE was set"),
    "wrong_types": (Verdict.TAMPERED, "its report holds what no test wrote"),
}
PEEKING = "expected_values"
# Files that pytest, Python and Django obey elsewhere.
PLANTED = {
    "conftest.py": "def pytest_collection_modifyitems(items): items.clear()",
    "pytest.ini": "[pytest]\naddopts = --collect-only",
    "tox.ini": "[pytest]\naddopts = --collect-only",
    "sitecustomize.py": "import os; os._exit(0)",
    "django/__init__.py": "import os; os._exit(0)",
    "json.py": "import os; os._exit(0)",
    "evil.pth": "import os; os._exit(0)",
    "evil-1.dist-info/entry_points.txt": "[pytest11]\nevil = conftest\n",
    "test_hello.py": "def test_answers_in_json(): pass",
    "__init__.py": "import os; os._exit(0)",
    "urls.py": "import os; os._exit(0)",
}


@functools.cache
def kata(slug: str) -> Kata:
    return catalogue.find(catalogue.load(CLONE), slug)


def source(slug: str, name: str) -> bytes:
    """Return the one file of an attack."""
    return (ATTACKS / slug[:4] / name / "views.py").read_bytes()


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Make a dojo with k101, without its checks from outside: these come to nothing here."""
    house = House(tmp_path_factory.mktemp("house"))
    house.furnish()
    for place in ("katas", "tests", "solutions", "dojo/stubs"):
        ignore = shutil.ignore_patterns("__pycache__", checks.FILE)
        shutil.copytree(CLONE / place / K101, house.root / place / K101, ignore=ignore)
    return house


@pytest.fixture(scope="module")
def class_(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder of submissions: all attacks on k101, and two with planted files."""
    folder = tmp_path_factory.mktemp("class")
    for name in (*REPORTED, PEEKING):
        place = folder / name / K101
        shutil.copytree(ATTACKS / "k101" / name, place)
    for name, views in (
        ("planted", CLONE / f"katas/{K101}/views.py"),
        ("planted_beside_an_answer", CLONE / f"solutions/{K101}/answer/views.py"),
    ):
        for path, text in PLANTED.items():
            for top in (folder / name, folder / name / K101):
                (top / path).parent.mkdir(parents=True, exist_ok=True)
                (top / path).write_text(text)
        shutil.copy(views, folder / name / K101)
    return folder


@pytest.fixture(scope="module")
def book(
    inside: House, class_: Path, walls: Walls, tmp_path_factory: pytest.TempPathFactory
) -> Gradebook:
    """Grade that class, with all its attackers side by side."""
    plan = batch.Plan(inside.root, (inside.kata(K101),), sources([class_]), walls, workers=3)
    with journal.opened(tmp_path_factory.mktemp("out"), "seed") as notes:
        return batch.grade(plan, notes)


def mark_of(book: Gradebook, name: str) -> KataMark:
    return next(one for one in book.submissions if one.name == name).katas[0]


def test_every_attack_is_run() -> None:
    assert sorted(path.name for path in (ATTACKS / "k101").iterdir()) == sorted(
        [*REPORTED, PEEKING]
    )


@pytest.mark.parametrize("name", REPORTED)
def test_an_attack_gains_nothing_and_is_reported_as_what_it_is(book: Gradebook, name: str) -> None:
    verdict, words = REPORTED[name]
    mark = mark_of(book, name)

    assert not mark.fault
    assert len(mark.tests) == 14
    seen = {(test.id.partition("::")[2], test.verdict, test.message) for test in mark.tests}
    assert mark.earned == 0, seen
    assert mark.tests[0].verdict is verdict, seen
    assert words in mark.tests[0].message
    assert (verdict is Verdict.TAMPERED) == mark.tampered == (MEDDLED in mark.tests[0].message)


def test_a_value_that_was_read_from_the_process_is_no_answer(book: Gradebook) -> None:
    """What is expected can be found there; how often and when it was asked for can't be faked."""
    mark = mark_of(book, PEEKING)
    passed = {test.id.partition("::")[2] for test in mark.tests if test.verdict is Verdict.PASSED}

    assert "test_answers_in_json" in passed  # the honest part
    assert not passed & {
        "test_tells_the_time_of_the_clock",
        "test_loop_is_free_while_the_view_waits",
    }
    assert any("imports gc" in note for note in mark.notes)


def test_planted_files_are_left_out(book: Gradebook) -> None:
    stub, answer = mark_of(book, "planted"), mark_of(book, "planted_beside_an_answer")

    assert (stub.earned, answer.earned) == (0, answer.worth)


def test_what_attackers_print_is_harmless_in_every_report(book: Gradebook, tmp_path: Path) -> None:
    written = saving.save(book, list(FORMATS), tmp_path)

    assert written
    for path in tmp_path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert b"\x1b" not in data, path
            assert path.suffix != ".html" or b"<script>alert" not in data


# What is said of each that does its harm when the site is started, or its views are imported.
AT_THE_START = {
    "daemon": "",
    "disk_bomb": "",
    "endless_output": "The site was ended: it wrote more than 2 MiB to its output.",
    "exit_at_import": "",
    "fork_bomb": "The site was ended: it used more than 512 MiB of memory.",
    "hidden_memory": "The site was ended: it used more than 512 MiB of memory.",
    "memory_bomb": "The site was ended: it used more than 512 MiB of memory.",
}


def seen_from_outside(
    own: Kit, slug: str, name: str, walls: Walls, place: Path, most: int | None = None
) -> list[TestMark]:
    """Make the checks of a kata, or the first ones, on an attack that is put at *place*."""
    found = checks.load(kata(slug).suite)
    assert found is not None
    whitebox.put(place, {"views.py": source(slug, name)})
    stand = Stand(own, kata(slug), found, place, walls.level, walls.limits, "seed")
    return outside.marks(stand, found.checks[:most])


def test_a_site_that_attacks_as_it_starts_fails_its_check(
    inside: House, walls: Walls, tmp_path: Path
) -> None:
    """Within the limits of a run; nobody waits for it longer."""
    tmp_path.chmod(0o755)
    own = batch.kit_here(inside.root, (inside.kata(K101),), None)
    marks = side_by_side(
        {
            name: functools.partial(seen_from_outside, own, K101, name, walls, tmp_path / name, 1)
            for name in AT_THE_START
        }
    )

    for name, words in AT_THE_START.items():
        (mark,) = marks[name]
        assert mark.verdict in {Verdict.FAILED, Verdict.CRASHED}, (name, mark)
        assert words in mark.message, (name, mark)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    return kit.build(CLONE, [kata(K102)], tmp_path_factory.mktemp("kit"))


def test_what_runs_inside_cannot_reach_a_check_from_outside(
    own: Kit, walls: Walls, tmp_path: Path
) -> None:
    """It forges calls, or puts links where the judge looks: its checks fail, and nothing is put."""
    tmp_path.chmod(0o755)
    look = functools.partial(seen_from_outside, own, K102)
    marks = side_by_side(
        {
            "forged_calls": lambda: look("forged_calls", walls, tmp_path / "calls"),
            "links": lambda: look("links", walls, tmp_path / "links", 1),
        }
    )

    for name, found in marks.items():
        assert found
        assert {test.verdict for test in found} == {Verdict.FAILED}, (name, found)
    (linked,) = marks["links"]
    assert "upstream.sock [Errno 30] Read-only file system" in linked.printed
    assert "rows.json [Errno 30] Read-only file system" in linked.printed


def test_a_forged_report_is_contradicted_from_outside(own: Kit, walls: Walls) -> None:
    """Code that knows the grader can forge all in its own process; what is seen outside counts."""
    mark = judge(own, kata(K102), {"views.py": source(K102, "perfect_forgery")}, walls, "seed")

    assert any(note.startswith("Task 4 passes in the process") for note in mark.notes), mark
    assert [test.id for test in mark.tests if test.task == 4 and test.earned] == []
    checked = {test.verdict for test in mark.tests if test.box is Box.BLACK}
    assert checked == {Verdict.FAILED}, mark.tests


def test_a_forged_report_whose_site_dies_is_contradicted_too(own: Kit, walls: Walls) -> None:
    """That there was nothing to be seen from outside is no way out."""
    hoards = (
        b"import sys\nhoard = []\nwhile 'dojo.grading.watch' not in sys.modules:\n"
        b"    hoard.append(bytearray(10_000_000))\n"
    )
    files = {"views.py": hoards + source(K102, "perfect_forgery")}
    mark = judge(own, kata(K102), files, walls, "seed")

    checked = [test for test in mark.tests if test.box is Box.BLACK]
    assert {test.verdict for test in checked} == {Verdict.CRASHED}, mark.tests
    tasks = {test.task for test in checked}
    assert [test.id for test in mark.tests if test.task in tasks and test.earned] == []
    assert any(note.startswith("Task 4 passes in the process") for note in mark.notes), mark


HARMFUL = {
    "bomb": "more than 65,536 bytes",
    "twice packed": "Content-Encoding: gzip, gzip",
    "drip": "no answer. The judge has waited for 1 s.",
    "headers": "no answer: RemoteProtocolError",
    "never": "no answer. The judge has waited for 1 s.",
    # The last one: the site itself is busy with it ever after.
    "endless": "more than 8,388,608 bytes",
}
ENDLESS = {"drip", "never"}
HARMLESS = {"codec": 200, "away": 302, "deep": 200, "digits": 200}


def test_a_hostile_site_harms_nobody(own: Kit, walls: Walls, tmp_path: Path) -> None:
    """Bombs, floods and endless answers fail their check, in bounded time and memory."""
    seen: dict[str, str] = {}

    async def ask(site: Site, draw: Draw) -> None:
        deep = httpx.Response(200)
        for desk in (*HARMLESS, *HARMFUL):
            site.patience.seconds = 1 if desk in ENDLESS else 30
            try:
                response = await site.get(f"/k102/front-page/?desk={desk}")
                deep = response if desk == "deep" else deep
                seen[desk] = f"{response.status_code} {len(response.text)}"
            except AssertionError as error:
                seen[desk] = str(error)
        deep.json()

    (tmp_path / "views.py").write_bytes(source(K102, "hostile_site"))
    check = Check("ask", "Ask.", 1, ask)
    stand = Stand(own, kata(K102), Checks((check,)), tmp_path, walls.level, LIMITS, "seed")
    tmp_path.chmod(0o755)
    mark = outside.mark(stand, check)

    for desk, words in HARMFUL.items():
        assert words in seen[desk]
    assert {desk: int(seen[desk].split()[0]) for desk in HARMLESS} == HARMLESS
    # What the check itself stumbles over is the site's fault, and not the grader's.
    assert (mark.verdict, mark.error) == (Verdict.FAILED, "RecursionError")


def half(own: Kit, name: str, walls: Walls) -> KataMark:
    """Judge an answer of which one half attacks, and the other is right."""
    files = {"views.py": (ATTACKS / "double" / name / "views.py").read_bytes()}
    mark = judge(own, own.katas[0], files, walls, "seed")
    double, total = mark.tests
    assert (total.verdict, mark.earned) == (Verdict.PASSED, mark.worth // 2), (name, mark)
    assert double.earned == 0
    return mark


def test_a_test_that_ends_the_process_costs_no_other(plain_kit: Kit, walls: Walls) -> None:
    """It gets a run of its own; the rest is judged without it, and keeps its points."""
    marks = side_by_side(
        {name: functools.partial(half, plain_kit, name, walls) for name in ("dies", "leaves")}
    )

    for name, words in {"dies": "", "leaves": "exit code 0."}.items():
        double = marks[name].tests[0]
        assert double.verdict is Verdict.CRASHED, (name, double)
        assert f"The process ended during this test, with {words}" in double.message


def test_a_test_that_never_ends_costs_no_other(
    plain_kit: Kit, walls: Walls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here its time is up as soon as it has begun, so that nobody waits, and no honest run ends."""
    true = sandbox.Running.over_limit

    def over_limit(running: sandbox.Running) -> str:
        said = events.read(bytes(running.report.data))
        if any(one["event"] == "start" and "test_doubles" in one["id"] for one in said):
            running.started -= running.limits.seconds
        return true(running)

    monkeypatch.setattr(sandbox.Running, "over_limit", over_limit)
    double = half(plain_kit, "deaf", walls).tests[0]

    assert double.verdict is Verdict.TIMEOUT
    assert double.message == "The run was ended: it ran for more than 60 s."


@pytest.mark.parametrize("number", [0, 1])
def test_attacks_gain_nothing_behind_lower_walls(
    plain_kit: Kit, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it leaves behind, a forged line is seen."""
    # As whoever is not root: another user might not be allowed to read this interpreter.
    monkeypatch.setattr(os, "geteuid", lambda: 1)
    walls = Walls(sandbox.probe(number), LIMITS)
    assert walls.level.number == number
    attack = (ATTACKS / "k101" / "daemon" / "views.py").read_bytes() if number else b""
    attack += (ATTACKS / "k101" / "wrong_types" / "views.py").read_bytes()
    mark = judge(plain_kit, plain_kit.katas[0], {"views.py": attack}, walls, "seed")

    assert not mark.fault
    assert (mark.earned, mark.tampered) == (0, True)
