"""A batch: one broken submission stops no other, and what is graded once is graded."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from dojo.grading import batch, journal, judge, sandbox
from dojo.grading.batch import Plan
from dojo.grading.intake import sources
from dojo.grading.kit import Kit
from dojo.grading.model import Gradebook, KataMark
from dojo.grading.sandbox.running import under_way
from dojo.grading.whitebox import Walls
from dojo.model import DojoError, Kata
from tests.dojo.house import CLONE, KATA, SOLVED, House, views

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]
JUDGE = judge.judge
CLASS = {"ada": SOLVED, "bob": SOLVED, "cyd": views(double="number * 3")}


@pytest.fixture
def plan(plain: House, walls: Walls, tmp_path: Path) -> Plan:
    """Plan to grade three submissions, of which two are alike."""
    for name, text in CLASS.items():
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "views.py").write_text(text)
    return Plan(plain.root, (plain.kata(),), sources([tmp_path / "class"]), walls, workers=2)


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Judge without running anything; gives the digests of what was judged."""
    seen: list[str] = []

    def judge_(kit: Any, kata: Any, files: Any, walls: Any, seed: str) -> KataMark:
        digest = judge.digest_of(files)
        seen.append(digest)
        return KataMark(kata.slug, kata.title, kata.chapter, kata.points, (), digest=digest)

    monkeypatch.setattr(judge, "judge", judge_)
    return seen


def graded(plan: Plan, out: Path, seed: str | None = "seed") -> Gradebook:
    with journal.opened(out, seed) as notes:
        return batch.grade(plan, notes)


def test_a_class_is_graded_with_one_broken_submission(plan: Plan, tmp_path: Path) -> None:
    """For real: one is no archive, one is solved, one is not."""
    (tmp_path / "class" / "dan.zip").write_bytes(b"PK\x03\x04 broken")
    plan = replace(plan, sources=sources([tmp_path / "class"]))
    book = graded(plan, tmp_path / "out")

    ada, bob, cyd, dan = book.submissions
    assert [one.name for one in book.submissions] == ["ada", "bob", "cyd", "dan"]
    assert (ada.earned, bob.earned, cyd.earned, dan.earned) == (100, 100, 50, 0)
    assert dan.refused
    assert book.marked
    assert (book.worth, book.seed, book.sandbox[:2]) == (100, "seed", "2:")


def test_submissions_that_are_alike_are_judged_once(
    plan: Plan, tmp_path: Path, judged: list[str]
) -> None:
    graded(plan, tmp_path / "out")

    assert len(judged) == len(set(judged)) == 2


def test_only_what_has_changed_is_graded_again(
    plan: Plan, tmp_path: Path, judged: list[str]
) -> None:
    graded(plan, tmp_path / "out")
    del judged[:]
    (tmp_path / "class" / "ada" / "views.py").write_text(views(total="sum(numbers) + 0"))
    graded(plan, tmp_path / "out")
    assert len(judged) == 1

    graded(plan, tmp_path / "out")
    assert len(judged) == 1


@pytest.mark.parametrize("change", ["limits", "kit"])
def test_everything_is_graded_again_when_the_judge_has_changed(
    plan: Plan,
    plain_kit: Kit,
    tmp_path: Path,
    judged: list[str],
    change: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graded(plan, tmp_path / "out")
    if change == "limits":
        limits = replace(plan.walls.limits, seconds=61)
        plan = replace(plan, walls=replace(plan.walls, limits=limits))
    else:
        other = replace(plain_kit, digest="another")
        monkeypatch.setattr(batch, "kit_here", lambda *arguments: other)
    graded(plan, tmp_path / "out")

    assert len(judged) == 4


def test_a_fault_is_tried_again_then_reported_and_not_noted(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def broken(*arguments: object) -> KataMark:
        tried.append(arguments)
        raise OSError("no space")

    monkeypatch.setattr(judge, "judge", broken)
    book = graded(plan, tmp_path / "out")

    assert len(tried) == 4
    assert not book.marked
    assert {one.katas[0].fault for one in book.submissions} == {"OSError: no space"}
    assert all(one.name and not one.refused for one in book.submissions)
    with journal.opened(tmp_path / "out", None) as notes:
        assert notes.marks == {}


def test_a_fault_that_passes_leaves_no_trace(
    plan: Plan, tmp_path: Path, judged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    right, left = judge.judge, [OSError("no space")]

    def once(*arguments: Any) -> KataMark:
        if left:
            raise left.pop()
        return right(*arguments)

    monkeypatch.setattr(judge, "judge", once)
    assert graded(plan, tmp_path / "out").marked


class Lossy(ThreadPoolExecutor):
    """Loses its workers at the first jobs, and takes none any more."""

    def __init__(self) -> None:
        super().__init__(1)
        self.left = len(set(CLASS.values()))

    def submit(self, function: Any, /, *arguments: Any, **keywords: Any) -> Future[Any]:
        """Take a job, and lose it."""
        if not self.left:
            raise BrokenProcessPool("a worker was lost")
        self.left -= 1
        future: Future[Any] = Future()
        future.set_exception(BrokenProcessPool("a worker was lost"))
        return future


def test_an_executor_that_loses_its_workers_is_a_fault_and_no_crash(
    plan: Plan, tmp_path: Path
) -> None:
    book = graded(replace(plan, executor=Lossy), tmp_path / "out")

    assert not book.marked
    assert {one.katas[0].fault for one in book.submissions} == {
        "BrokenProcessPool: a worker was lost"
    }


def test_a_worker_with_other_files_refuses(plan: Plan) -> None:
    job = batch.Job(plan.root, (KATA,), None, "another kit", KATA, (), plan.walls, "seed")

    with pytest.raises(RuntimeError, match="differ from those of whoever grades"):
        batch.do(job)


def test_a_journal_that_cannot_be_written_stops_all(
    plan: Plan, tmp_path: Path, judged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, line: object) -> None:
        raise DojoError("no room")

    with journal.opened(tmp_path / "out", "seed") as notes:
        monkeypatch.setattr(journal, "append", full)
        with pytest.raises(DojoError, match="no room"):
            batch.grade(plan, notes)
    assert not sandbox.running.stopped.is_set(), "what comes after can run again"


# Grades with real walls, and says so when the first mark is noted.
GRADE = """
import sys
from pathlib import Path
from dojo import catalogue
from dojo.grading import batch, journal, sandbox
from dojo.grading.intake import sources
from dojo.grading.whitebox import Walls

def told(done, of):
    print(done, flush=True)

root, submissions, out = map(Path, sys.argv[1:])
plan = batch.Plan(root, catalogue.load(root), sources([submissions]),
    Walls(sandbox.probe(), sandbox.Limits(seconds=60)), workers=2)
with journal.opened(out, "seed") as notes:
    batch.grade(plan, notes, told)
"""
SLEEPER = "import os\nwhile True: os.read(os.pipe()[0], 1)\n"


@pytest.fixture
def interrupted(plan: Plan, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Start to grade the class and one that never ends; wait until the others are noted."""
    (tmp_path / "class" / "zoe").mkdir()
    (tmp_path / "class" / "zoe" / "views.py").write_text(SLEEPER)
    words = [str(plan.root), str(tmp_path / "class"), str(tmp_path / "out")]
    started = subprocess.Popen(
        [sys.executable, "-c", GRADE, *words],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(CLONE)},
        start_new_session=True,
    )
    assert started.stdout is not None
    try:
        for line in started.stdout:
            if line == "2\n":
                break
        yield started
    finally:
        started.kill()
        started.wait()
        started.stdout.close()


def runs_of(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def test_a_killed_batch_leaves_nothing_running_and_goes_on(
    interrupted: subprocess.Popen[str], plan: Plan, tmp_path: Path, judged: list[str]
) -> None:
    """By kill -9: what is noted stays, and only the rest is graded."""
    while not (left := runs_of(interrupted.pid)):
        time.sleep(0.01)  # the one that never ends is about to be started
    interrupted.kill()
    interrupted.wait()
    _, alive = psutil.wait_procs(left, timeout=30)
    assert alive == []

    walls = replace(plan.walls, limits=sandbox.Limits(seconds=60))
    book = graded(
        replace(plan, walls=walls, sources=sources([tmp_path / "class"])), tmp_path / "out"
    )
    assert len(judged) == 1
    assert [one.earned for one in book.submissions][:3] == [100, 100, 50]


def test_ctrl_c_leaves_nothing_running_and_the_batch_goes_on(
    plan: Plan, tmp_path: Path, judged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two, one is noted when it comes, and one would run for ever."""
    (tmp_path / "class" / "zoe").mkdir()
    (tmp_path / "class" / "zoe" / "views.py").write_text(SLEEPER)
    names = [tmp_path / "class" / name for name in ("ada", "zoe")]
    plan = replace(plan, sources=sources(names))
    quick = judge.judge  # by `judged`

    def judge_(own: Kit, kata: Kata, files: Any, walls: Walls, seed: str) -> KataMark:
        whole = JUDGE if files["views.py"] == SLEEPER.encode() else quick
        return whole(own, kata, files, walls, seed)

    def interrupt(done: int, of: int) -> None:
        if done:
            while not under_way:
                time.sleep(0.01)
            begun.extend(under_way)
            left.extend(runs_of(os.getpid()))
            raise KeyboardInterrupt

    begun: list[sandbox.Running] = []
    left: list[psutil.Process] = []
    with monkeypatch.context() as patch, journal.opened(tmp_path / "out", "seed") as notes:
        patch.setattr(judge, "judge", judge_)
        with pytest.raises(KeyboardInterrupt):
            batch.grade(plan, notes, interrupt)
    assert [running.ended.killed for running in begun] == ["grading was interrupted"]
    assert left
    _, alive = psutil.wait_procs(left, timeout=30)
    assert alive == []

    assert graded(plan, tmp_path / "out").marked
    assert len(judged) == 2
