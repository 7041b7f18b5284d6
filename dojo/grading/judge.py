"""Judge one kata of one submission: a pure function of its files, the kit, limits and seed.

The judge lists the tests itself, so what does not come back is missing, and never a pass. What a
run reports is data from a process in which the submission's code may do as it likes: it is read for
what it says, and for signs that someone else wrote it.
"""

from __future__ import annotations

import functools
import hashlib
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dojo.blackbox.checks import load
from dojo.grading import canary, misconceptions, outside, sandbox, scan
from dojo.grading.canary import Canary
from dojo.grading.kit import Kit, manifest, with_hidden
from dojo.grading.model import HUNDREDTHS, Box, KataMark, TestMark, Verdict, share_out
from dojo.grading.outside import Stand
from dojo.grading.sandbox import Ended, Errand, Level, Limits, Places
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
NOTHING = "No test passes but those that pass on the stub, too: no points."


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


def judge(kit: Kit, kata: Kata, files: Mapping[str, bytes], walls: Walls, seed: str) -> KataMark:
    """Return the mark of one kata; a fault of ours is noted in it, and never a zero.

    Args:
        files: The submission's own, by name relative to the kata's folder.
        seed: What inputs of black-box tests are drawn from.
    """
    started = time.monotonic()
    blank = KataMark(
        kata.slug,
        kata.title,
        kata.chapter,
        kata.points,
        (),
        handed_in=bool(files),
        digest=digest_of(files),
        seed=seed,
    )
    try:
        tests, notes = run_all(kit, kata, files, walls, seed)
    except Exception as error:
        return replace(blank, fault=f"{type(error).__name__}: {error}")
    mark = replace(
        blank,
        tests=tuple(give_points(kata, tests, nothing=NOTHING in notes)),
        notes=(*notes, *scan.reasons_to_look(kata, files)),
        seconds=time.monotonic() - started,
    )
    return replace(mark, resembles=misconceptions.like(kata, mark))


def digest_of(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 of names and contents, hexadecimal."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0".encode() + hashlib.sha256(files[name]).digest())
    return digest.hexdigest()


def run_all(
    kit: Kit, kata: Kata, files: Mapping[str, bytes], walls: Walls, seed: str
) -> tuple[list[TestMark], list[str]]:
    """Run every suite of *kata* on *files*; returns the tests without points, and notes."""
    tests: list[TestMark] = []
    notes: list[str] = []
    with tempfile.TemporaryDirectory(prefix="dojo-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        place.chmod(0o755)
        submission = place / "submission"
        put(submission, files)
        earned = False
        for suite in suites(kit, kata, walls):
            found, said = twice_if_in_doubt(kit, kata, suite, submission, walls)
            tests += found
            notes += said
            earned |= any(
                test.verdict is Verdict.PASSED and test.id not in suite.given for test in found
            )
        checks = load(kata.suite)
        if checks is not None:
            stand = Stand(kit, kata, checks, submission, walls.level, walls.limits, seed)
            tests += [outside.mark(stand, check) for check in checks.checks]
            earned |= any(test.verdict is Verdict.PASSED for test in tests[-len(checks.checks) :])
    if not earned:
        notes.append(NOTHING)
    return tests, notes


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write *files* into *folder*, readable for all."""
    folder.mkdir()
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def suites(kit: Kit, kata: Kata, walls: Walls) -> tuple[Suite, ...]:
    """Return the suites of *kata*, the learner's first; found out once for each kit."""
    key = (kit.digest, kata.slug)
    with MAKING:
        lock = making.setdefault(key, threading.Lock())
    with lock:
        if key not in made:
            made[key] = tuple(find_suites(kit, kata, walls))
    return made[key]


# By digest of the kit and slug.
MAKING = threading.Lock()
making: dict[tuple[str, str], threading.Lock] = {}
made: dict[tuple[str, str], tuple[Suite, ...]] = {}


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
        nothing = Path(folder, "submission")
        nothing.mkdir()
        tests = run_once(kit, kata, suite, nothing, walls)
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
    tampered = signs(suite.cases, canaries, events, ended)
    return [mark(result, run, suite.hidden, tampered) for result in run.results]


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


def signs(
    cases: Iterable[Case], canaries: Sequence[Canary], events: list[dict[str, Any]], ended: Ended
) -> str:
    """Return what shows that the run's report is not what the tests made of it; empty if nothing.

    A run that ended early has no canaries left to show; its tests are missing instead.
    """
    return next(all_signs(cases, canaries, events, ended), "")


def all_signs(
    cases: Iterable[Case], canaries: Sequence[Canary], events: list[dict[str, Any]], ended: Ended
) -> Iterator[str]:
    """Yield each such sign."""
    for event in events:
        if event["event"] == "tampered":
            yield str(event.get("what"))[:200]
    results = [event for event in events if event["event"] == "result"]
    states = {str(event.get("id")): event for event in results}
    if len(states) != len(results):
        yield "a test was reported twice"
    failing = {test: one for one in canaries for test in one.failing}
    passing = {test for one in canaries for test in one.passing}
    if states.keys() - {case.id for case in cases} - failing.keys() - passing:
        yield "a test was reported that there is not"
    begun = [str(event.get("id")) for event in events if event["event"] == "start"]
    if set(states) - set(begun):
        yield "a result was reported of a test that had not begun"
    for test, one in failing.items():
        if test not in states:
            continue
        state, message = states[test].get("state"), str(states[test].get("message"))
        if state != "failed":
            yield f"a test that must fail {state}"
        elif one.word not in message and "DID NOT RAISE" not in message:
            yield "a test that must fail failed with another message"
    for test in passing:
        if test in states and states[test].get("state") != "passed":
            yield "a guard of Django is down"
    finished = any(event["event"] == "end" for event in events)
    if finished and not ended.killed and any(event["event"] == "obstacle" for event in events):
        return
    if finished and not ended.killed:
        if missing := (failing.keys() | passing) - states.keys():
            yield f"{len(missing)} tests of the grader's own did not come back"
        if ended.code != 1:
            yield f"the run ended with exit code {ended.code}, though tests must have failed"


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
    )
    if tampered:
        said = f"The submission meddled with its judge: {tampered}."
        return replace(found, verdict=Verdict.TAMPERED, message=said)
    if result.state is State.MISSING and run.obstacles:
        first = run.obstacles[0]
        return replace(found, message=first.message, error=first.error, where=first.where)
    return found


def give_points(kata: Kata, tests: Sequence[TestMark], *, nothing: bool) -> Iterator[TestMark]:
    """Yield *tests* with what they are worth and what they earned.

    Test functions count alike, or as ``weights`` in kata.toml says; the cases of one share its
    points. With *nothing*, none earns any.
    """
    by_function: dict[str, list[TestMark]] = {}
    for test in tests:
        key = f"{test.box}/{test.hidden}/{test.id.partition('[')[0]}"
        by_function.setdefault(key, []).append(test)
    asked = dict(kata.weights)
    weights = {key: asked.get(key.rpartition("::")[2], 1) for key in by_function}
    worth = share_out(kata.points * HUNDREDTHS, weights)
    for key, cases in by_function.items():
        parts = share_out(worth[key], {case.id: 1 for case in cases})
        for case in cases:
            passed = case.verdict is Verdict.PASSED and not nothing
            yield replace(case, worth=parts[case.id], earned=parts[case.id] if passed else 0)
