"""The proofs of a kata: its parts are whole, its stub fails, right answers pass, wrong ones fail.

Every proof but the first runs the suite in a child process of its own, so they run side by side.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from dojo import catalogue, parts, runner, versions
from dojo.catalogue import relative
from dojo.model import DojoError, Kata, Problem, Rejected, Result, Run, State

# How a stub may fail. `Failed` is what pytest.fail raises; the instruments report with it.
HONEST_FAILURES = frozenset({"AssertionError", "NotImplementedError", "Failed"})
STOP_EVERY_S = 0.05
# What wrong answers may run: the whole suite; the tests that are to catch them; of these, in file
# order, no more than it takes until failures have said what they are to say; nothing.
WRONG = ("all", "catching", "said", "none")
# Real seconds for one run, on a machine that proofs keep busy: a test that hangs ends long before.
PROOF_S = 300.0
KINDS = ("parts", "stub", "answer", "accepted", "rejected")
# Which of a kind: of every so many, ``(2, 3)`` takes the second of three.
Share = tuple[int, int]
T = TypeVar("T")


@dataclass(frozen=True)
class Job:
    """One proof to make.

    Attributes:
        kind: One of `KINDS`.
        name: Which accepted or rejected answer; empty for the other kinds.
        tests: The only test functions to run, if they show what is to be proved; the whole suite if
            they do not, or if empty.
        until: Words; once failures have said them all, no further test is run. Empty for no end.
    """

    kata: Kata
    kind: str
    name: str = ""
    rejected: Rejected | None = None
    tests: tuple[str, ...] = ()
    until: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proof:
    """What a job showed.

    Attributes:
        problems: Empty if the proof holds.
        run: The run behind it; None where none was needed.
    """

    job: Job
    problems: tuple[Problem, ...]
    run: Run | None = None


def jobs(
    kata: Kata, root: Path, wrong: str = "all", share: Share = (1, 1), accepted: Share = (1, 1)
) -> list[Job]:
    """Return the proofs that *kata* needs; without runs if it is for other versions.

    Args:
        wrong: What wrong answers run; one of `WRONG`.
        share: Which of the wrong answers.
        accepted: Which of the accepted ones.
    """
    if versions.not_for_here(kata):
        return [Job(kata, "parts")]
    found = [Job(kata, "parts"), Job(kata, "stub"), Job(kata, "answer")]
    try:
        solutions = catalogue.solutions(kata, root)
    except catalogue.CatalogueError:
        return found  # the proof of the parts says so
    found += [Job(kata, "accepted", folder.name) for folder in taken(solutions.accepted, accepted)]
    found += [
        rejection(kata, rejected, wrong)
        for rejected in taken(solutions.rejected, share)
        if rejected.folder.is_dir() and wrong != "none"
    ]
    return found


def taken(everyone: Sequence[T], share: Share) -> Sequence[T]:
    """Return those of *everyone* that *share* takes."""
    which, of = share
    return everyone[which - 1 :: of]


def rejection(kata: Kata, rejected: Rejected, wrong: str) -> Job:
    """Return the proof that *rejected* is caught; *wrong* is one of `WRONG`."""
    return Job(
        kata,
        "rejected",
        rejected.name,
        rejected,
        tests=rejected.caught_by if wrong in ("catching", "said") else (),
        until=rejected.says if wrong == "said" else (),
    )


def prove_all(
    todo: Sequence[Job], root: Path, *, workers: int | None = None, database: str = ""
) -> Generator[Proof, None, None]:
    """Yield the proofs that *todo* asks for as they are done, not in order.

    Close the generator when you leave it early: that ends the runs that are under way.

    Args:
        workers: How many run at a time; by default one a processor.
        database: The least database that the suites run on, as ``--db`` of the instruments has it.
    """
    workers = workers or os.cpu_count() or 1
    with one_server(workers) if database == "postgres" else contextlib.nullcontext():
        yield from prove_side_by_side(todo, root, workers=workers, database=database)


@contextlib.contextmanager
def one_server(sessions: int) -> Iterator[None]:
    """Start PostgreSQL once for all runs in the block: that takes longer than most of them.

    Args:
        sessions: How many runs there are at a time.
    """
    from dojo.instruments import postgres

    try:
        with postgres.shared(sessions):
            yield
    except postgres.NoPostgres as error:
        raise DojoError(f"PostgreSQL can't be started: {error}.") from None


def prove_side_by_side(
    todo: Sequence[Job], root: Path, *, workers: int, database: str
) -> Generator[Proof, None, None]:
    """Do what `prove_all` says, on a database that is there."""
    pool = ThreadPoolExecutor(workers)
    warm = runner.WarmPool(root, rehearsal="process") if runner.CAN_FORK else None
    futures: list[Future[Proof]] = []
    try:
        # Backwards: the katas that come last take longest, and none is left to run alone.
        for job in reversed(todo):
            spawn = warm.spawn if warm else None
            futures.append(pool.submit(prove, job, root, spawn=spawn, database=database))
        for future in as_completed(futures):
            yield future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        # Again and again: a thread may be about to start its child.
        while wait([f for f in futures if not f.cancelled()], timeout=STOP_EVERY_S).not_done:
            runner.stop()
            if warm:
                warm.close()
        if warm:
            warm.close()


def prove(job: Job, root: Path, *, spawn: runner.Spawn | None = None, database: str = "") -> Proof:
    """Make one proof; *spawn* is how to run the suite, by default in a fresh process."""
    if job.kind == "parts":
        return Proof(job, tuple(parts.check(job.kata, root)))
    options = [f"--db={database}"] if database else []
    if job.tests:
        options.append(f"--dojo-tests={','.join(job.tests)}")
    if job.until:
        options.append(f"--dojo-until={json.dumps(job.until)}")
    answers = answers_of(job, root)
    run = runner.run(
        job.kata, root, answers=answers, options=options, timeout_s=PROOF_S, spawn=spawn
    )
    judge = {"stub": judge_stub, "rejected": judge_rejected}.get(job.kind, judge_right)
    proof = Proof(job, tuple(judge(job, run, root)), run)
    if proof.problems and job.tests:
        # What an answer keeps from one test to the next shows in the whole suite alone.
        whole = prove(replace(job, tests=(), until=()), root, spawn=spawn, database=database)
        return replace(whole, job=job)
    return proof


def answers_of(job: Job, root: Path) -> str:
    """Return what ``--answers`` has to say for *job*."""
    if job.kind == "stub":
        return "katas"
    if job.kind == "answer":
        return "solutions"
    return f"{job.kata.slug}={relative(job.kata.solutions / job.kind / job.name, root)}"


def judge_stub(job: Job, run: Run, root: Path) -> Iterator[Problem]:
    """A stub can be imported, and fails by assertion or NotImplementedError."""
    where = relative(job.kata.folder, root)
    for obstacle in run.obstacles:
        yield Problem(
            where,
            f"the suite can't run on the stub: {obstacle.error} {obstacle.message}".rstrip(),
            "A stub can be imported; let it raise NotImplementedError when it is called.",
        )
    if not run.failures and not run.obstacles:
        yield Problem(
            where,
            f"the suite {'passes on' if run.passed else 'skips'} the stub.",
            "Take the solution out of the stub, or let the suite ask for more. (If it is your own "
            "answer to the kata, all is well.)",
        )
    for result in run.failures:
        if result.error not in HONEST_FAILURES or result.state is not State.FAILED:
            yield Problem(
                where,
                f"{result.case.function} ends with {result.error or result.state} on the stub: "
                f"{first_line(result)}",
                "A stub fails by assertion or NotImplementedError, so that its message teaches.",
            )


def judge_right(job: Job, run: Run, root: Path) -> Iterator[Problem]:
    """A right answer passes every test."""
    where = relative(folder_of(job), root)
    for obstacle in run.obstacles:
        yield Problem(
            where,
            f"the suite can't run: {obstacle.error} {obstacle.message}".rstrip(),
            "Mend the answer or the suite.",
        )
    if run.skipped:
        yield Problem(where, "every test is skipped.", "Let the suite run on this version.")
    for result in run.failures:
        yield Problem(
            where,
            f"{result.case.function} {result.state}: {first_line(result)}",
            f"Run `pytest tests/{job.kata.slug} --answers={answers_of(job, root)}` to see it.",
        )


def judge_rejected(job: Job, run: Run, root: Path) -> Iterator[Problem]:
    """A wrong answer fails exactly the tests that are to catch it, and says why.

    Where the run may stop early, what it did not come to is not judged.
    """
    assert job.rejected is not None
    where = relative(folder_of(job), root)
    toml = relative(job.kata.solutions / "rejected.toml", root)
    see = f"Run `pytest tests/{job.kata.slug} --answers={answers_of(job, root)}` to see it."
    if run.obstacles:
        yield Problem(where, f"the suite can't run: {run.obstacles[0].message}", see)
        return
    left_out = {r.case.function for r in run.failures if r.state is State.MISSING and job.until}
    failures = [r for r in run.failures if not (r.state is State.MISSING and job.until)]
    caught_by = {result.case.function: in_short(result) for result in failures}
    wanted = set(job.rejected.caught_by)
    if not caught_by:
        yield Problem(where, "this wrong answer passes.", "Let the suite reject it.")
        return
    for name in sorted(wanted - caught_by.keys() - left_out):
        yield Problem(where, f"{name} does not catch this wrong answer.", f"Mend {toml}. {see}")
    for name in sorted(caught_by.keys() - wanted):
        yield Problem(
            where,
            f"{name} fails too, which {toml} does not say: {caught_by[name]}",
            f"If it should, add it to `caught_by`. {see}",
        )
    said = "\n".join(result.said for result in failures)
    for words in job.rejected.says:
        if words not in said:
            yield Problem(
                where,
                f"no failure says {words!r}. They say:\n"
                + "\n".join(f"- {line}" for line in dict.fromkeys(caught_by.values())),
                f"It fails for another reason, or {toml} has other words. {see}",
            )
    for result in failures:
        if result.state is not State.FAILED:
            yield Problem(where, f"{result.case.function} ends as {result.state}.", see)


def folder_of(job: Job) -> Path:
    """Return the folder of the answer that a job runs."""
    return job.kata.solutions / job.kind / job.name


def in_short(result: Result) -> str:
    """Return the first line of a failure, with its type where that is news."""
    line = first_line(result)
    return line if result.error in {"AssertionError", "Failed", ""} else f"{result.error}: {line}"


def first_line(result: Result) -> str:
    """Return the first line of a failure's message."""
    return result.message.partition("\n")[0]
