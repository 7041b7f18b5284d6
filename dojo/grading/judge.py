"""Judge one kata of one submission: a pure function of its files, the kit, walls and seed."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path

from dojo.blackbox.checks import Check, load
from dojo.grading import misconceptions, outside, scan, whitebox
from dojo.grading.kit import Kit
from dojo.grading.model import HUNDREDTHS, Box, KataMark, TestMark, Verdict, share_out
from dojo.grading.outside import Stand
from dojo.grading.whitebox import Suite, Walls
from dojo.model import Kata

NOTHING = "No test passes but those that pass on the stub, too: no points."


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
        tests, notes, in_doubt = run_all(kit, kata, files, walls, seed)
    except Exception as error:
        return replace(blank, fault=f"{type(error).__name__}: {error}")
    mark = replace(
        blank,
        tests=tuple(give_points(kata, tests, nothing=NOTHING in notes, in_doubt=in_doubt)),
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
) -> tuple[list[TestMark], list[str], set[int]]:
    """Run every suite of *kata* on *files*.

    Returns:
        The tests without points, notes, and the tasks that are in doubt: see `contradicted`.
    """
    tests: list[TestMark] = []
    notes: list[str] = []
    in_doubt: set[int] = set()
    with tempfile.TemporaryDirectory(prefix="dojo-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        place.chmod(0o755)
        submission = place / "submission"
        whitebox.put(submission, files)
        stuck = False
        suites = whitebox.suites(kit, kata)
        for suite in suites:
            if stuck:
                outcome = whitebox.not_run(suite)
            else:
                outcome = whitebox.run(kit, kata, suite, submission, walls)
            tests += outcome.tests
            notes += outcome.notes
            stuck = outcome.stuck
        checks = load(kata.suite)
        if checks is not None:
            stand = Stand(kit, kata, checks, submission, walls.level, walls.limits, seed)
            seen = {one.id: one for one in outside.marks(stand, checks.checks, late=stuck)}
            in_doubt = contradicted(tests, seen, checks.checks)
            # Inside it passes: let it not be for a busy machine that it fails from outside.
            again = [
                check
                for check in checks.checks
                if failed(seen[check.id]) and check.task in in_doubt
            ]
            seen |= {one.id: one for one in outside.marks(stand, again)}
            in_doubt = contradicted(tests, seen, checks.checks)
            tests += seen.values()
    if not earns(kit, kata, suites, tests, walls):
        notes.append(NOTHING)
    notes += [
        f"Task {task} passes in the process of the submission's own code, and fails from outside: "
        "it earns nothing, and is a reason to look."
        for task in sorted(in_doubt)
    ]
    return tests, notes, in_doubt


def earns(
    kit: Kit, kata: Kata, suites: Sequence[Suite], tests: Sequence[TestMark], walls: Walls
) -> bool:
    """Tell whether any of *tests* passes that does not pass on the stub.

    Raises:
        DojoError: A suite does not run on the stub, either: so it says nothing of a submission.
    """
    passed = {(test.box, test.hidden, test.id) for test in tests if test.verdict is Verdict.PASSED}
    # No check from outside passes on the stub: `dojo verify --outside`.
    outside_too = any(box is Box.BLACK for box, _, _ in passed)
    if outside_too and len(passed) == len(tests):
        return True  # which also shows that the suites run: the stub need not
    on_stub = {
        (Box.WHITE, suite.hidden, test)
        for suite in suites
        for test in whitebox.given(kit, kata, suite, walls)
    }
    return bool(passed - on_stub)


def failed(test: TestMark) -> bool:
    """Tell whether *test* is a check from outside that failed; the site may have died."""
    return test.box is Box.BLACK and test.failed


def contradicted(
    inside: Sequence[TestMark], seen: Mapping[str, TestMark], checks: Sequence[Check]
) -> set[int]:
    """Return the tasks that pass in the process of the submission's code, and not from outside.

    Not those whose check may fail for a fault that shows inside as well, in a task that it
    involves: without a site, that is any.

    Args:
        inside: What became of the suites' own tests.
        seen: What became of *checks*, by their ids.
    """
    judged = {test.task for test in inside}
    fails = {test.task for test in inside if test.verdict is not Verdict.PASSED}
    return {
        check.task
        for check in checks
        if failed(mark := seen[check.id])
        and check.task in judged
        and not fails & ({check.task, *check.involves} if outside.is_loaded(mark) else judged)
    }


def give_points(
    kata: Kata, tests: Sequence[TestMark], *, nothing: bool, in_doubt: Set[int] = frozenset()
) -> Iterator[TestMark]:
    """Yield *tests* with what they are worth and what they earned.

    Test functions count alike, or as ``weights`` in kata.toml says; the cases of one share its
    points.

    Args:
        nothing: Whether none earns any.
        in_doubt: Tasks whose tests earn nothing.
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
            passed = case.verdict is Verdict.PASSED and not nothing and case.task not in in_doubt
            yield replace(case, worth=parts[case.id], earned=parts[case.id] if passed else 0)
