"""Sites behind the same walls, one after the other; and submissions that have no time left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dojo import catalogue
from dojo.blackbox import Draw, Site, as_json
from dojo.blackbox.checks import Check, Checks
from dojo.grading import ground, kit, outside, whitebox
from dojo.grading.judge import judge
from dojo.grading.kit import Kit
from dojo.grading.model import Box, TestMark, Verdict
from dojo.grading.outside import Stand
from dojo.grading.sandbox import Level, Limits, Running
from dojo.grading.whitebox import Attempt, Walls
from tests.dojo.grading.conftest import LIMITS
from tests.dojo.house import CLONE

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]
# Its page says what it finds of the sites before it, and leaves behind all that it can.
LEAVES = """
import os
import signal
import subprocess
import tempfile
from pathlib import Path

from django.http import JsonResponse

PLACES = (tempfile.gettempdir(), "/dev/shm")
SLEEPER = ["/bin/sleep", "600"]
served = []


def read(path):
    try:
        with open(path, "r+b") as file:
            return file.read(0).decode()
    except OSError as error:
        return type(error).__name__


def sleeping(pid):
    return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\\0")[:1] == [b"/bin/sleep"]


async def front_page(request, desks):
    found = {
        "served": len(served),
        "files": sum(os.path.exists(f"{place}/left") for place in PLACES),
        "sleepers": sum(map(sleeping, filter(str.isdigit, os.listdir("/proc")))),
        "parent": read(f"/proc/{os.getppid()}/mem"),
    }
    served.append(request)
    for place in PLACES:
        os.makedirs(f"{place}/left/deep")
    subprocess.Popen(SLEEPER, start_new_session=True)
    print("for", request.GET["desk"])
    if request.GET["desk"] == "murder":
        os.kill(os.getppid(), signal.SIGKILL)
        signal.pause()
    return JsonResponse(found)
"""
FRESH = {"served": 0, "files": 0, "sleepers": 0, "parent": "PermissionError"}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    k102 = catalogue.find(catalogue.load(CLONE), "k102")
    return kit.build(CLONE, [k102], tmp_path_factory.mktemp("kit"))


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[Running]:
    """Return a list of the walls that are built from now on."""
    walls: list[Running] = []

    class Noted(Running):
        def __enter__(self) -> Running:
            walls.append(self)
            return super().__enter__()

    monkeypatch.setattr(ground, "Running", Noted)
    return walls


def made(
    own: Kit, level: Level, limits: Limits, submission: Path, desks: Sequence[str], patience: float
) -> tuple[list[TestMark], list[Any]]:
    """Ask one site after the other for a page; returns marks, and what the pages said."""
    said: list[Any] = []

    def check(desk: str) -> Check:
        async def ask(site: Site, draw: Draw) -> None:
            site.patience.seconds = patience
            said.append(as_json(await site.get(f"/k102/front-page/?desk={desk}")))

        return Check(desk, f"Ask for {desk}.", 4, ask)

    checks = [check(desk) for desk in desks]
    submission.chmod(0o755)
    stand = Stand(own, own.katas[0], Checks(tuple(checks)), submission, level, limits, "seed")
    return outside.marks(stand, checks), said


def test_sites_share_walls_and_nothing_else(
    own: Kit, level: Level, tmp_path: Path, built: list[Running]
) -> None:
    """One that kills what it was forked from harms no other: there are new walls then."""
    (tmp_path / "views.py").write_text(LEAVES)
    desks = ("one", "two", "murder", "last")
    marks, said = made(own, level, LIMITS, tmp_path, desks, 60)

    verdicts = [mark.verdict for mark in marks]
    passed = Verdict.PASSED
    # Its connection breaks off, and its walls come down: whichever is seen first.
    murder = verdicts.pop(2)
    assert murder in {Verdict.CRASHED, Verdict.FAILED}
    assert verdicts == [passed] * 3, marks
    assert said == [FRESH] * 3
    assert [mark.printed for mark in marks if mark.verdict is passed] == [
        "for one\n",
        "for two\n",
        "for last\n",
    ]
    assert len(built) == 2


def test_after_a_site_that_takes_all_its_time_none_is_started(
    own: Kit, level: Level, tmp_path: Path, built: list[Running]
) -> None:
    (tmp_path / "views.py").write_text("import time\n\ntime.sleep(600)\n")
    marks, said = made(own, level, replace(LIMITS, seconds=2), tmp_path, ("one", "two"), 600)

    assert said == []
    assert [(mark.verdict, mark.message) for mark in marks] == [
        (Verdict.CRASHED, "The site was ended: it ran for more than 2 s."),
        (Verdict.TIMEOUT, "Not made: the submission used up its time before."),
    ]
    assert len(built) == 1


def test_what_cannot_be_imported_in_time_gets_no_site(
    own: Kit, walls: Walls, built: list[Running]
) -> None:
    (suite,) = whitebox.suites(own, own.katas[0])
    whitebox.given(own, own.katas[0], suite, walls)
    short = Walls(walls.level, replace(LIMITS, seconds=2))
    mark = judge(own, own.katas[0], {"views.py": b"while True:\n    pass\n"}, short, "seed")

    found = {box: {test.verdict for test in mark.tests if test.box is box} for box in Box}
    assert found == {Box.WHITE: {Verdict.MISSING}, Box.BLACK: {Verdict.TIMEOUT}}
    assert built == []


@pytest.mark.parametrize(("spent", "over", "doubtful"), [(0, 0, 1), (1, 0, 0), (0, 1, 0)])
def test_only_what_a_busy_machine_can_do_is_in_doubt(spent: int, over: int, doubtful: int) -> None:
    """A run that computed until its deadline, or took too much memory, would do so again."""
    late = TestMark("test_a.py::test_one", "One.", 1, Verdict.TIMEOUT)
    attempt = Attempt((late,), "", whole=False, output="", spent=bool(spent), over=bool(over))

    assert attempt.doubtful == doubtful
