"""What an interviewer wants to know of what was handed back, as data."""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass
from pathlib import Path

from dojo import questions, reset, versions
from dojo.interview import course, judge, resemblance
from dojo.interview.bundle import Interview
from dojo.interview.course import Course, Moment
from dojo.interview.resemblance import Resemblance
from dojo.interview.submission import Submission
from dojo.model import Kata, Run
from dojo.questions import Question

MOST_LINES, MOST_NOTES = 2_000, 50


@dataclass(frozen=True)
class KataReport:
    """What became of one kata.

    Attributes:
        verdict: ``passes``, ``fails``, ``not begun`` or ``not run``.
        points: Of ``kata.points``, by tasks whose tests all pass; rounded down to a tenth.
        runs: The candidate's own runs.
        spent_s: Seconds of working time up to the last of them.
        solved_s: Seconds until the first of them that passed; None if none did.
        diff: What leads from the stub to the answer, as a unified diff.
    """

    kata: Kata
    run: Run
    verdict: str
    points: float
    tasks_done: int
    runs: tuple[Moment, ...]
    spent_s: float
    solved_s: float | None
    diff: str
    questions: tuple[Question, ...]
    resembles: tuple[Resemblance, ...]


@dataclass(frozen=True)
class Report:
    """What became of an interview.

    Attributes:
        notes: What is odd about the record and the files, a sentence each.
    """

    interview: Interview
    course: Course
    katas: tuple[KataReport, ...]
    notes: tuple[str, ...]

    @property
    def points(self) -> float:
        """Points in all."""
        return round(sum(one.points for one in self.katas), 1)

    @property
    def points_possible(self) -> int:
        """What they could have been."""
        return sum(one.kata.points for one in self.katas)


def make(given: Submission, root: Path) -> Report:
    """Run the suites of the repository at *root* on what was handed back, and say what there is."""
    story = course.course_of(given.record)
    katas = tuple(of_kata(kata, given, root, story) for kata in given.katas)
    notes = (*story.notes, *given.notes)
    if len(notes) > MOST_NOTES:
        notes = (*notes[:MOST_NOTES], f"There are {len(notes) - MOST_NOTES} more of these.")
    return Report(given.interview, story, katas, notes)


def of_kata(kata: Kata, given: Submission, root: Path, story: Course) -> KataReport:
    """Return what became of *kata*."""
    answer = given.folder(kata)
    diff = difference(kata, root, answer)
    run = judge.judge(kata, root, answer)
    runs = story.runs(kata.slug)
    solved = (moment.seconds for moment in runs if course.is_solved(moment.event))
    done = sum(good == total > 0 for good, total in (run.by_task(t.number) for t in kata.tasks))
    # A suite that could not start has proved nothing of any task.
    done = 0 if run.obstacles or run.skipped or not diff else done
    return KataReport(
        kata=kata,
        run=run,
        verdict=verdict_of(run, begun=bool(diff)),
        points=math.floor(10 * kata.points * done / len(kata.tasks)) / 10,
        tasks_done=done,
        runs=runs,
        spent_s=story.spent.get(kata.slug, 0.0),
        solved_s=next(solved, None),
        diff=diff,
        questions=questions.load(kata),
        resembles=resemblance.find(kata, root, run, answer) if diff else (),
    )


def verdict_of(run: Run, *, begun: bool) -> str:
    """Return what a run says in a word or two."""
    if run.skipped:
        return "not run"
    if not begun:
        return "not begun"
    return "passes" if run.passed else "fails"


def why_not_run(kata: Kata) -> str:
    """Return why a kata could not be run here; empty if it could."""
    return versions.not_for_here(kata)


def difference(kata: Kata, root: Path, answer: Path) -> str:
    """Return what leads from the stubs of *kata* to the files in *answer*; empty if nothing."""
    lines: list[str] = []
    for path in sorted(path for path in answer.rglob("*") if path.is_file()):
        name = path.relative_to(answer).as_posix()
        stub = reset.bytes_of(reset.stub_of(root, kata, name)) or b""
        theirs = path.read_bytes()
        if stub == theirs:
            continue
        before, after = (text.decode(errors="replace").splitlines() for text in (stub, theirs))
        if len(after) > MOST_LINES:
            lines.append(f"{name}: {len(after):,} lines, too many to be shown")
            continue
        names = f"{name} (stub)", f"katas/{kata.slug}/{name}"
        diff = [*difflib.unified_diff(before, after, *names, lineterm="")]
        lines += diff or [f"{name}: line ends differ, and nothing else"]
    return "\n".join(lines)
