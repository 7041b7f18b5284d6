"""Grading on a cluster of Dask: what a lost worker had in hand is judged by another."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from dojo.grading import batch, executors, intake, journal
from dojo.grading.whitebox import Walls
from dojo.model import DojoError
from tests.dojo.house import SOLVED, House, views

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(600)]


@pytest.fixture
def submissions(tmp_path: Path) -> list[intake.Source]:
    """Return one that has solved both tasks, one that has solved one, and one that has none."""
    halves = {"ada": SOLVED, "bob": views(double="number"), "cleo": views("number", "0")}
    for name, text in halves.items():
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "views.py").write_text(text)
    return intake.sources([tmp_path / "class"])


@pytest.fixture
def scheduler() -> Iterator[str]:
    """Give the address of a scheduler on this machine that has two workers, with a thread each."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        yield cluster.scheduler_address


def test_a_lost_worker_loses_no_mark(
    plain: House, submissions: list[intake.Source], scheduler: str, walls: Walls, tmp_path: Path
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

    plan = batch.Plan(plain.root, (plain.kata(),), submissions, walls, executor=executor)
    with journal.opened(tmp_path / "grades", "seed") as notes:
        book = batch.grade(plan, notes, progress)

    assert lost
    assert [kata.fault for one in book.submissions for kata in one.katas if kata.fault] == []
    assert [one.earned for one in book.submissions] == [100, 50, 0]
    assert len(notes.marks) == 3
    assert made[0].client.status == "closed"


def test_an_address_at_which_nobody_answers_is_named() -> None:
    """And how to start what should be there."""
    import dask

    with (
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
        pytest.raises(DojoError, match="no scheduler answers there"),
    ):
        executors.dask("tcp://127.0.0.1:1")
