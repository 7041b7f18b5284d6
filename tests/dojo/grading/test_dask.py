"""Grading on a cluster of Dask: what a lost worker had in hand is judged by another."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from dojo import catalogue
from dojo.grading import batch, executors, intake, journal, sandbox
from dojo.grading.whitebox import Walls
from dojo.model import DojoError
from tests.dojo.house import CLONE

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(600)]
KATAS = tuple(kata for kata in catalogue.load(CLONE) if kata.number in {"k101", "k102"})


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> list[intake.Source]:
    """Return one that has solved both katas, one that has solved one, and one that has none."""
    place = tmp_path_factory.mktemp("class")
    for name, solved in (("ada", KATAS), ("bob", KATAS[:1]), ("cleo", ())):
        (place / name / "katas").mkdir(parents=True)
        for kata in KATAS:
            source = kata.solutions / "answer" if kata in solved else CLONE / "katas" / kata.slug
            shutil.copytree(source, place / name / "katas" / kata.slug)
    return intake.sources([place])


@pytest.fixture
def scheduler() -> Iterator[str]:
    """Give the address of a scheduler on this machine that has two workers, with a thread each."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        yield cluster.scheduler_address


def test_a_lost_worker_loses_no_mark(
    submissions: list[intake.Source], scheduler: str, tmp_path: Path
) -> None:
    """One of two is killed when the first job is done: all are marked, none by a fault."""
    made: list[executors.OnDask] = []
    lost: list[int] = []

    def executor() -> executors.OnDask:
        made.append(executors.dask(scheduler))
        return made[-1]

    def progress(done: int, of: int) -> None:
        if done and not lost:
            client = made[0].client
            at_work = [worker for worker, jobs in client.processing().items() if jobs]
            lost.append(client.run(os.getpid, workers=at_work)[at_work[0]])
            os.kill(lost[0], signal.SIGKILL)

    walls = Walls(sandbox.probe(), sandbox.Limits())
    plan = batch.Plan(CLONE, KATAS, submissions, walls, executor=executor)
    with journal.opened(tmp_path / "grades", "seed") as notes:
        book = batch.grade(plan, notes, progress)

    assert lost
    assert [kata.fault for one in book.submissions for kata in one.katas if kata.fault] == []
    whole = book.worth
    assert {one.name: one.earned for one in book.submissions} == {
        "ada": whole,
        "bob": KATAS[0].points * 100,
        "cleo": 0,
    }
    assert len(notes.marks) == len({kata.digest for one in book.submissions for kata in one.katas})
    assert made[0].client.status == "closed"


def test_an_address_at_which_nobody_answers_is_named() -> None:
    """And how to start what should be there."""
    import dask

    with (
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
        pytest.raises(DojoError, match="no scheduler answers there"),
    ):
        executors.dask("tcp://127.0.0.1:1")
