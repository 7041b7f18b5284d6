"""Grade many submissions: side by side, noted in a journal, and one broken one stops no other."""

from __future__ import annotations

import atexit
import contextlib
import datetime
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from dataclasses import dataclass, replace
from pathlib import Path

from dojo import catalogue, reset
from dojo.grading import journal, judge, kit, sandbox
from dojo.grading.intake import Source
from dojo.grading.journal import Journal
from dojo.grading.kit import Kit
from dojo.grading.model import Gradebook, KataHead, KataMark, SubmissionMark
from dojo.grading.unpack import HandIn, unpack
from dojo.grading.whitebox import Walls
from dojo.model import Kata

# A worker may be lost, or a disk be full for a moment.
TRIES = 2


@dataclass(frozen=True)
class Job:
    """One kata of one submission, as whoever executes it is told: it can be sent elsewhere.

    Attributes:
        root: The project, which has to lie at the same place wherever a job is executed.
        slugs: Of all katas that the kit is made for.
        kit: Its digest; a worker that makes another one refuses the job.
        files: All files of the kata that a learner edits, by name.
    """

    root: Path
    slugs: tuple[str, ...]
    hidden: Path | None
    kit: str
    slug: str
    files: tuple[tuple[str, bytes], ...]
    walls: Walls
    seed: str

    @property
    def key(self) -> str:
        """Under which its mark is noted."""
        files = judge.digest_of(dict(self.files))
        return journal.key_of(self.kit, self.slug, files, repr(self.walls), self.seed)


@dataclass(frozen=True)
class Plan:
    """What is to be graded, and how.

    Attributes:
        workers: How many runs there may be side by side.
        executor: Makes what executes the jobs; by default, threads of this process.
    """

    root: Path
    katas: tuple[Kata, ...]
    sources: Sequence[Source]
    walls: Walls
    hidden: Path | None = None
    workers: int = 1
    executor: Callable[[], Executor] | None = None


# Called after each job: how many are done, of how many.
Progress = Callable[[int, int], None]


def grade(plan: Plan, notes: Journal, progress: Progress = lambda done, of: None) -> Gradebook:
    """Grade all submissions of *plan*; what *notes* holds is not graded again.

    Raises:
        DojoError: The kit can't be made, or the journal can't be written.
    """
    own = kit_here(plan.root, plan.katas, plan.hidden)
    handed_in = {source.name: take_in(source, plan.katas) for source in plan.sources}
    jobs = {
        (name, kata.slug): job
        for name, found in handed_in.items()
        if isinstance(found, HandIn) and not found.refused
        for kata in plan.katas
        for job in [job_of(plan, own, kata, found.files.get(kata.slug, {}), notes.seed)]
    }
    faults = execute(plan, {job.key: job for job in jobs.values()}, notes, progress)
    marks = {**faults, **notes.marks}
    return Gradebook(
        tuple(KataHead(kata.slug, kata.title, kata.chapter, kata.points) for kata in plan.katas),
        tuple(
            submission(source, handed_in[source.name], plan.katas, jobs, marks)
            for source in plan.sources
        ),
        sandbox=str(plan.walls.level),
        versions=own.versions,
        kit=own.digest,
        seed=notes.seed,
        graded_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )


def take_in(source: Source, katas: Sequence[Kata]) -> HandIn | str:
    """Return what *source* holds; a text if it can't be read by a fault of ours."""
    try:
        return unpack(source, katas)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def job_of(plan: Plan, own: Kit, kata: Kata, files: Mapping[str, bytes], seed: str) -> Job:
    """Return the job for *files*; where one is missing, the stub is judged."""
    stubs = {name: reset.read_stub(plan.root, kata, name) for name in kata.edit}
    return Job(
        plan.root,
        tuple(one.slug for one in plan.katas),
        plan.hidden,
        own.digest,
        kata.slug,
        tuple(sorted({**stubs, **files}.items())),
        plan.walls,
        seed,
    )


def submission(
    source: Source,
    found: HandIn | str,
    katas: Sequence[Kata],
    jobs: Mapping[tuple[str, str], Job],
    marks: Mapping[str, KataMark],
) -> SubmissionMark:
    """Return the mark of one submission."""
    blank = SubmissionMark(source.name, source.path.name)
    if isinstance(found, str):
        return replace(blank, fault=found)
    if found.refused:
        return replace(blank, refused=found.refused, notes=found.notes)
    return replace(
        blank,
        katas=tuple(
            replace(marks[jobs[source.name, kata.slug].key], handed_in=kata.slug in found.files)
            for kata in katas
        ),
        notes=found.notes,
    )


def execute(
    plan: Plan, jobs: Mapping[str, Job], notes: Journal, progress: Progress
) -> dict[str, KataMark]:
    """Do *jobs* and note their marks; returns those of the jobs that failed by our fault."""
    left = {key: job for key, job in jobs.items() if key not in notes.marks}
    faults: dict[str, KataMark] = {}
    progress(len(jobs) - len(left), len(jobs))
    if not left:
        return faults
    pool = plan.executor() if plan.executor else ThreadPoolExecutor(plan.workers)
    try:
        for count, (key, mark) in enumerate(done(pool, left), len(jobs) - len(left) + 1):
            notes.note(key, mark)
            if not mark.marked:
                faults[key] = mark
            progress(count, len(jobs))
    except BaseException:
        # On Ctrl-C, or when the journal can't be written: what runs is of no use any more.
        sandbox.stop()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        sandbox.go_on()
    return faults


def done(pool: Executor, jobs: Mapping[str, Job]) -> Iterator[tuple[str, KataMark]]:
    """Yield key and mark of each job as it is done; one that fails by our fault is tried again."""
    tries = dict.fromkeys(jobs, 1)
    running: dict[Future[KataMark], str] = {pool.submit(do, job): key for key, job in jobs.items()}
    while running:
        finished, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in finished:
            key = running.pop(future)
            mark = outcome(future, jobs[key])
            if mark.fault and tries[key] < TRIES:
                tries[key] += 1
                # An executor that has lost a worker may take no more jobs.
                with contextlib.suppress(BrokenExecutor):
                    running[pool.submit(do, jobs[key])] = key
                    continue
            yield key, mark


def outcome(future: Future[KataMark], job: Job) -> KataMark:
    """Return the mark that *future* holds; that of a fault if it holds an exception."""
    error = future.exception()
    if error is None:
        return future.result()
    found = catalogue.read_kata(job.root, job.root / "katas" / job.slug)
    assert isinstance(found, Kata)
    return KataMark(
        found.slug,
        found.title,
        found.chapter,
        found.points,
        (),
        digest=judge.digest_of(dict(job.files)),
        fault=f"{type(error).__name__}: {error}",
    )


def do(job: Job) -> KataMark:
    """Judge one kata of one submission, wherever this is called."""
    katas = tuple(kata for kata in catalogue.load(job.root) if kata.slug in job.slugs)
    own = kit_here(job.root, katas, job.hidden)
    if own.digest != job.kit:
        raise RuntimeError(
            f"this worker's files or versions differ from those of whoever grades: {own.versions}"
        )
    kata = next(kata for kata in own.katas if kata.slug == job.slug)
    return judge.judge(own, kata, dict(job.files), job.walls, job.seed)


LOCK = threading.Lock()
kits: dict[tuple[Path, tuple[str, ...], Path | None], Kit] = {}


def kit_here(root: Path, katas: Iterable[Kata], hidden: Path | None) -> Kit:
    """Return the kit of this process for *katas*: made when it is first asked for."""
    katas = tuple(katas)
    key = (root, tuple(kata.slug for kata in katas), hidden)
    with LOCK:
        if key not in kits:
            folder = Path(tempfile.mkdtemp(prefix="dojo-kit-"))
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            kits[key] = kit.build(root, katas, folder, hidden)
    return kits[key]
