"""Run pristine suites on a submission's files, in the process of its code.

The judge lists the tests itself, so what does not come back is missing, and never a pass. What a
run reports is data from a process in which the submission's code may do as it likes: it is read for
what it says, and for signs that someone else wrote it (`tampering`).
"""

from __future__ import annotations

import functools
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dojo.grading import canary, sandbox, tampering
from dojo.grading.kit import Kit, manifest, with_hidden
from dojo.grading.model import Box, TestMark, Verdict
from dojo.grading.sandbox import Ended, Errand, Level, Limits, Places
from dojo.grading.sandbox.walls import SUBMISSION
from dojo.model import Case, DojoError, Kata, Result, Run, State
from dojo.runner import cold

VERDICTS = {
    State.PASSED: Verdict.PASSED,
    State.FAILED: Verdict.FAILED,
    State.TIMEOUT: Verdict.TIMEOUT,
    State.CRASHED: Verdict.CRASHED,
    State.MISSING: Verdict.MISSING,
    State.SKIPPED: Verdict.FAILED,
}
# What a busy machine can bring about, too; such a run gets a second one.
DOUBTFUL = frozenset({Verdict.TIMEOUT, Verdict.CRASHED, Verdict.MISSING})
WATCH = "dojo.grading.watch"


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write *files* into *folder*, which is made, readable for all."""
    folder.mkdir()
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@dataclass(frozen=True)
class Walls:
    """In what a run is put."""

    level: Level
    limits: Limits


@dataclass(frozen=True)
class Suite:
    """Tests that run together in one process of their own.

    Attributes:
        folder: Where they lie, below ``tests/`` of a project.
        cases: All of them, as pytest collects them from the stub.
        given: Ids of those that pass on the stub.
    """

    folder: Path
    cases: tuple[Case, ...]
    hidden: bool = False
    given: frozenset[str] = frozenset()


def suites(kit: Kit, kata: Kata, walls: Walls) -> tuple[Suite, ...]:
    """Return the suites of *kata*, the learner's first; found out once for each kit."""
    key = (kit.folder, kata.slug)
    with MAKING:
        lock = making.setdefault(key, threading.Lock())
    with lock:
        if key not in made:
            made[key] = tuple(find_suites(kit, kata, walls))
    return made[key]


# By folder of the kit and slug.
MAKING = threading.Lock()
making: dict[tuple[Path, str], threading.Lock] = {}
made: dict[tuple[Path, str], tuple[Suite, ...]] = {}


def find_suites(kit: Kit, kata: Kata, walls: Walls) -> Iterator[Suite]:
    """Yield the suites of *kata*, each with what passes on the stub."""
    project = kit.project(kata)
    yield known(
        kit, kata, Suite(project / "tests" / kata.slug, manifest(project, kata.slug)), walls
    )
    hidden = kit.hidden / kata.slug if kit.hidden else None
    if hidden is not None and any(hidden.glob("test_*.py")):
        other = with_hidden(project, kata.slug, hidden)
        suite = Suite(other / "tests" / kata.slug, manifest(other, kata.slug), hidden=True)
        yield known(kit, kata, suite, walls)


def known(kit: Kit, kata: Kata, suite: Suite, walls: Walls) -> Suite:
    """Return *suite* with what passes on the stub."""
    with tempfile.TemporaryDirectory(prefix="dojo-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        submission = Path(folder, "submission")
        stubs = kit.project(kata) / "katas" / kata.slug
        put(submission, {name: (stubs / name).read_bytes() for name in kata.edit})
        tests = run_once(kit, kata, suite, submission, walls)
    if all(test.verdict is Verdict.MISSING for test in tests):
        said = f"{tests[0].error} {tests[0].message}".strip()
        raise DojoError(f"The suite of {kata.slug} does not run here on the stub: {said}")
    given = frozenset(test.id for test in tests if test.verdict is Verdict.PASSED)
    return replace(suite, given=given)


def twice_if_in_doubt(
    kit: Kit, kata: Kata, suite: Suite, submission: Path, walls: Walls
) -> tuple[list[TestMark], list[str]]:
    """Run *suite*; once more if something came out that a busy machine can bring about, too."""
    first = run_once(kit, kata, suite, submission, walls)
    doubtful = [test for test in first if test.verdict in DOUBTFUL]
    if not doubtful or any(test.error for test in doubtful):  # what can't be imported never can
        return first, []
    second = run_once(kit, kata, suite, submission, walls)
    verdicts = [test.verdict for test in first], [test.verdict for test in second]
    if verdicts[0] == verdicts[1]:
        return first, []
    note = f"{len(doubtful)} tests timed out or did not come back at first; a second run counts."
    return second, [note]


def run_once(kit: Kit, kata: Kata, suite: Suite, submission: Path, walls: Walls) -> list[TestMark]:
    """Run *suite* behind *walls*; returns a mark for each of its tests, without points."""
    with tempfile.TemporaryDirectory(prefix="dojo-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        place.chmod(0o755)
        project = place / "project"
        shutil.copytree(suite.folder.parents[1], project)
        tests = project / "tests" / kata.slug
        canaries = [canary.write(tests), canary.write(tests)]
        own = sorted(path.name for path in suite.folder.glob("test_*.py"))
        order = [canaries[0].file, *own, canaries[1].file]
        errand = Errand(
            functools.partial(command, kata, order, project),
            project,
            kit.library,
            submission,
            environment=cold.environment({}) | {"PYTEST_PLUGINS": PLUGINS},
        )
        ended = sandbox.run(walls.level, walls.limits, errand)
    events = list(cold.read_lines(ended.events.decode(errors="replace").splitlines()))
    if walls.level.number and not any(event["event"] == "confined" for event in events):
        raise DojoError(f"The sandbox did not come up: {ended.output[-500:] or ended.killed}")
    run = told(suite.cases, events, ended)
    tampered = tampering.signs(suite.cases, canaries, events, ended)
    marks = [mark(result, run, suite.hidden, tampered) for result in run.results]
    shown_as = SUBMISSION if walls.level.bwrap else str(submission)
    return [as_at_home(one, shown_as, f"katas/{kata.slug}") for one in marks]


def as_at_home(test: TestMark, inside: str, at_home: str) -> TestMark:
    """Return *test* with the paths that whoever handed in knows, for those inside the walls."""
    return replace(
        test,
        message=test.message.replace(inside, at_home),
        where=test.where.replace(inside, at_home),
        printed=test.printed.replace(inside, at_home),
    )


PLUGINS = ",".join((*cold.PLUGINS, *cold.OWN_PLUGINS, WATCH))


def command(kata: Kata, files: Sequence[str], project: Path, places: Places) -> list[str]:
    """Return the command line of the run, for inside."""
    suite = f"tests/{kata.slug}"
    return [
        *(sys.executable, "-P", "-m", "pytest", *(f"{suite}/{name}" for name in files)),
        *("--rootdir", places.kit, "-c", f"{places.kit}/pyproject.toml"),
        *("-o", "addopts=", *cold.addopts(project / "pyproject.toml")),
        *("-p", "no:cacheprovider", "-q", "--tb=native", "--color=no"),
        f"--answers={kata.slug}={places.submission}",
        f"--dojo-report=/dev/fd/{places.report}",
    ]


def told(cases: Iterable[Case], events: list[dict[str, Any]], ended: Ended) -> Run:
    """Return what the run reported about *cases*, and about these alone."""
    known = {case.id for case in cases}
    listed = [
        {"event": "case", "id": case.id, "title": case.title, "task": case.task} for case in cases
    ]
    about = [
        event
        for event in events
        if event["event"] != "case" and event.get("id", "") in {"", *known}
    ]
    code = None if ended.killed else ended.code
    return cold.assemble([*listed, *about], code=code, seconds=ended.seconds, output=ended.output)


def mark(result: Result, run: Run, hidden: bool, tampered: str) -> TestMark:
    """Return the mark of one test, without points."""
    found = TestMark(
        result.case.id,
        result.case.title,
        result.case.task,
        VERDICTS[result.state],
        Box.WHITE,
        hidden,
        message=result.message,
        error=result.error,
        where=result.where,
        printed=result.printed,
        seconds=result.seconds,
        timeline=result.timeline,
    )
    if tampered:
        said = f"The submission meddled with its judge: {tampered}."
        return replace(found, verdict=Verdict.TAMPERED, message=said)
    if result.state is State.MISSING and run.obstacles:
        first = run.obstacles[0]
        return replace(found, message=first.message, error=first.error, where=first.where)
    return found
