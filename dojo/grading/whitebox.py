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
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from dojo.grading import canary, events, sandbox, tampering
from dojo.grading.kit import Kit, manifest, with_hidden
from dojo.grading.model import Box, TestMark, Verdict
from dojo.grading.sandbox import Errand, Level, Limits, Places
from dojo.grading.sandbox.walls import SUBMISSION
from dojo.grading.tampering import Statement
from dojo.grading.verdicts import as_at_home, mark, told
from dojo.model import Case, DojoError, Kata
from dojo.runner import cold

T = TypeVar("T")
# What a busy machine can bring about, too; such a run gets a second one.
DOUBTFUL = frozenset({Verdict.TIMEOUT, Verdict.CRASHED, Verdict.MISSING})
# As `dojo.runner.reporter` calls an import that it has broken off.
ENDLESS = "EndlessImport"
# Tests that get a run of their own, because a run broke off during them.
MOST_APART = 2


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
    """

    folder: Path
    cases: tuple[Case, ...]
    hidden: bool = False


def suites(kit: Kit, kata: Kata) -> tuple[Suite, ...]:
    """Return the suites of *kata*, the learner's first; found out once for each kit."""
    return once((kit.folder, kata.slug), lambda: tuple(find_suites(kit, kata)))


def given(kit: Kit, kata: Kata, suite: Suite, walls: Walls) -> frozenset[str]:
    """Return ids of the tests that pass on the stub; found out once for each kit.

    Raises:
        DojoError: The suite does not run on its stub: a fault of ours, and nobody's zero.
    """
    key = (kit.folder, kata.slug, suite.hidden)
    return once(key, lambda: passing_on_stub(kit, kata, suite, walls))


# What has been found out, and who is about to.
MAKING = threading.Lock()
making: dict[Hashable, threading.Lock] = {}
made: dict[Hashable, Any] = {}


def once(key: Hashable, find: Callable[[], T]) -> T:
    """Return what *find* returns, which is called once; whoever else asks for *key* waits."""
    with MAKING:
        lock = making.setdefault(key, threading.Lock())
    with lock:
        if key not in made:
            made[key] = find()
    found: T = made[key]
    return found


def find_suites(kit: Kit, kata: Kata) -> Iterator[Suite]:
    """Yield the suites of *kata*."""
    project = kit.project(kata)
    # The kit's own, as in the runs to come: bytecode that pytest makes of it is then there.
    own = {"PYTHONPATH": str(kit.library)}
    yield Suite(project / "tests" / kata.slug, manifest(project, kata.slug, own))
    hidden = kit.hidden / kata.slug if kit.hidden else None
    if hidden is not None and any(hidden.glob("test_*.py")):
        other = with_hidden(project, kata.slug, hidden)
        yield Suite(other / "tests" / kata.slug, manifest(other, kata.slug, own), hidden=True)


def passing_on_stub(kit: Kit, kata: Kata, suite: Suite, walls: Walls) -> frozenset[str]:
    """Run *suite* on the stub; see `given`."""
    with tempfile.TemporaryDirectory(prefix="dojo-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        submission = Path(folder, "submission")
        stubs = kit.project(kata) / "katas" / kata.slug
        put(submission, {name: (stubs / name).read_bytes() for name in kata.edit})
        attempt = run_once(kit, kata, suite, submission, walls, suite.cases)
    if not attempt.whole:
        raise DojoError(
            f"The suite of {kata.slug} does not run on its stub: {attempt.output[-500:].strip()}"
        )
    return frozenset(test.id for test in attempt.tests if test.verdict is Verdict.PASSED)


@dataclass(frozen=True)
class Attempt:
    """One run of some tests of a suite.

    Attributes:
        tests: A mark for each of them, without points.
        broke_at: Id of the test during which the run broke off; empty if it came to its end.
        whole: True if it came to its end, and nothing shows that it was meddled with.
        output: The last of what it printed.
        stuck: True if its time was used up before the first test, while files were imported.
        spent: True if it computed until its deadline: it would do so again.
        over: True if it broke another limit than its deadline.
    """

    tests: tuple[TestMark, ...]
    broke_at: str
    whole: bool
    output: str
    stuck: bool = False
    spent: bool = False
    over: bool = False

    @property
    def doubtful(self) -> int:
        """Number of tests that may have ended as they did because the machine is busy."""
        if self.spent or self.over:
            return 0
        # What can't be imported never can.
        if any(test.error for test in self.tests if test.verdict is Verdict.MISSING):
            return 0
        return sum(test.verdict in DOUBTFUL for test in self.tests)


@dataclass(frozen=True)
class Outcome:
    """What became of a suite.

    Attributes:
        tests: A mark for each test, without points.
        notes: What a reader of the marks should know.
        stuck: True if the submission used up its time while its files were imported.
    """

    tests: tuple[TestMark, ...]
    notes: tuple[str, ...] = ()
    stuck: bool = False


def run(kit: Kit, kata: Kata, suite: Suite, submission: Path, walls: Walls) -> Outcome:
    """Run *suite* until nothing is in doubt, in a few runs at most.

    A test during which a run breaks off gets a run of its own, and the others one without it.
    """
    once = functools.partial(run_once, kit, kata, suite, submission, walls)
    notes: list[str] = []
    apart: dict[str, Attempt] = {}
    attempt = once(suite.cases)
    while attempt.broke_at and len(apart) < MOST_APART:
        apart[attempt.broke_at] = attempt
        attempt = once([case for case in suite.cases if case.id not in apart])
    if attempt.doubtful:
        again = once([case for case in suite.cases if case.id not in apart])
        if [test.verdict for test in again.tests] != [test.verdict for test in attempt.tests]:
            notes.append(f"{attempt.doubtful} tests were in doubt at first; a second run counts.")
            attempt = again
    marks = {test.id: test for test in attempt.tests}
    for one, broken in apart.items():
        alone = broken if broken.spent else once([case for case in suite.cases if case.id == one])
        marks |= {test.id: test for test in alone.tests if test.id == one}
    if apart:
        names = ", ".join(one.partition("::")[2] for one in apart)
        spent = all(broken.spent for broken in apart.values())
        how = "the rest ran again" if spent else "such tests ran again alone, the rest"
        notes.append(f"A run broke off during {names}: {how} without.")
    return Outcome(tuple(marks[case.id] for case in suite.cases), tuple(notes), attempt.stuck)


def not_run(suite: Suite) -> Outcome:
    """Return what becomes of a suite on a submission that has used up its time before."""
    return Outcome(
        tuple(
            TestMark(case.id, case.title, case.task, Verdict.TIMEOUT, Box.WHITE, suite.hidden)
            for case in suite.cases
        ),
        stuck=True,
    )


def run_once(
    kit: Kit,
    kata: Kata,
    suite: Suite,
    submission: Path,
    walls: Walls,
    cases: Sequence[Case],
) -> Attempt:
    """Run *cases* of *suite* behind *walls*."""
    with tempfile.TemporaryDirectory(prefix="dojo-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        place.chmod(0o755)
        project = place / "project"
        shutil.copytree(suite.folder.parents[1], project)
        project.chmod(0o755)
        tests = project / "tests" / kata.slug
        canaries = [canary.write(tests), canary.write(tests)]
        own = sorted(path.name for path in suite.folder.glob("test_*.py"))
        if len(cases) < len(suite.cases):
            own = [case.id for case in cases]
        order = [canaries[0].file, *own, canaries[1].file]
        errand = Errand(
            functools.partial(command, kata, order, project),
            project,
            kit.library,
            submission,
            environment=cold.environment({}) | {"PYTEST_PLUGINS": PLUGINS},
        )
        ended = sandbox.run(walls.level, walls.limits, errand)
    found = events.read(ended.events)
    if walls.level.number and not any(event["event"] == "confined" for event in found):
        raise DojoError(f"The sandbox did not come up: {ended.output[-500:] or ended.killed}")
    said = Statement(cases, canaries, found, ended)
    report = told(said)
    tampered = tampering.sign(said)
    marks = [mark(result, report, suite.hidden, tampered, said) for result in report.results]
    shown_as = SUBMISSION if walls.level.bwrap else str(submission)
    return Attempt(
        tuple(as_at_home(one, shown_as, f"katas/{kata.slug}") for one in marks),
        "" if tampered else said.broke_at,
        whole=said.finished and not tampered,
        output=ended.output,
        stuck=(ended.late or any(event.get("error") == ENDLESS for event in found))
        and not any(event["event"] == "start" for event in found),
        spent=ended.spent,
        over=bool(ended.killed) and not ended.late,
    )


PLUGINS = "dojo.grading.plugins"


def command(kata: Kata, files: Sequence[str], project: Path, places: Places) -> list[str]:
    """Return the command line of the run, for inside."""
    suite = f"tests/{kata.slug}"
    return [
        *(sys.executable, "-P", "-m", "pytest", *(f"{suite}/{name}" for name in files)),
        *("--rootdir", places.kit, "-c", f"{places.kit}/pyproject.toml"),
        *("-o", "addopts=", *cold.addopts(project / "pyproject.toml")),
        *("-p", "no:cacheprovider", *cold.NO_STRETCHES, "-q", "--tb=native", "--color=no"),
        f"--answers={kata.slug}={places.submission}",
        f"--dojo-report=/dev/fd/{places.report}",
    ]
