"""Progress is kept by name, survives whatever ends a run, and loses nothing to a second writer."""

import dataclasses
import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from dojo import progress, transfer
from dojo.model import DojoError, ExitCode, Kata
from dojo.progress import Progress
from tests.dojo.house import CLONE, KATA, House

FILE = ".dojo/progress.json"


def test_nothing_is_solved_at_first(house: House) -> None:
    """There is no file, and looking makes none."""
    assert not progress.load(house.root).is_solved(house.kata())
    assert not (house.root / ".dojo").exists()


def test_what_is_solved_stays_solved(house: House) -> None:
    """It is read back from disk, as by a process that starts later."""
    returned = progress.record(house.root, house.kata())

    loaded = progress.load(house.root)

    assert loaded == returned
    assert loaded.is_solved(house.kata())
    assert not loaded.is_outdated(house.kata())
    assert [path.name for path in (house.root / ".dojo").glob("progress.json*")] == [
        "progress.json"
    ]


def test_a_kata_keeps_its_progress_when_its_number_changes(house: House) -> None:
    """Chapters get reordered; what a learner has done does not go away."""
    progress.record(house.root, house.kata())
    for parent in ("katas", "tests", "solutions"):
        (house.root / parent / KATA).rename(house.root / parent / "k203_double")

    assert progress.load(house.root).is_solved(house.kata("k203_double"))


def test_a_suite_that_has_changed_asks_to_check_again(house: House) -> None:
    """Solved still, but not by today's tests; solving it again settles it."""
    progress.record(house.root, house.kata())
    house.append(f"tests/{KATA}/test_views.py", "\n# One more test.\n")

    changed = progress.load(house.root)
    again = progress.record(house.root, house.kata())

    assert changed.is_solved(house.kata())
    assert changed.is_outdated(house.kata())
    assert not again.is_outdated(house.kata())


def test_the_fingerprint_sees_names_and_contents_and_no_caches(house: House) -> None:
    """Two files that swap what they hold make another suite."""
    suite = house.kata().suite
    prints = [progress.fingerprint(suite)]
    house.write(f"tests/{KATA}/__pycache__/test_views.pyc", "cache")
    assert progress.fingerprint(suite) == prints[0]

    house.write(f"tests/{KATA}/conftest.py", "")
    prints.append(progress.fingerprint(suite))
    (suite / "conftest.py").rename(suite / "other.py")
    prints.append(progress.fingerprint(suite))

    assert len(set(prints)) == 3


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"version": 1}',
        '{"version": 2, "solved": {}}',
        '{"version": 1, "solved": {"double": 1}}',
        '{"version": 1, "solved": {"double": {"suite": "x", "mood": "y"}}}',
        '{"version": 2, "here": "", "katas": {"double": {"mood": "y"}}}',
        '{"version": 2, "here": "", "katas": {"double": {"solved": "yesterday"}}}',
        '{"version": 2, "here": "", "katas": {"double": {"solved": "2026-11-28T10:00:00"}}}',
        '{"version": 2, "here": "", "katas": {"double": {"runs": -1}}}',
        '{"version": 2, "here": "", "katas": {"double": {"hints": {"1": "all"}}}}',
        '{"version": 3, "here": "", "katas": {}}',
    ],
)
def test_a_corrupt_file_is_named_and_left_alone(house: House, text: str) -> None:
    """Neither reading nor writing touches what somebody may want to mend."""
    file = house.write(FILE, text)

    attempts: list[Callable[[], Progress]] = [
        partial(progress.load, house.root),
        partial(progress.record, house.root, house.kata()),
    ]
    for attempt in attempts:
        with pytest.raises(DojoError) as error:
            attempt()
        assert str(error.value).startswith(f"{file}: your progress can't be read: ")
        assert "move it away to start afresh. Nothing has been changed." in str(error.value)
        assert error.value.code == ExitCode.FAULT
    assert file.read_text() == text


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_state(
    house: House, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """What was solved before is still there, and nothing half-written beside it."""
    house.add_kata("k102_other")
    progress.record(house.root, house.kata())
    before = (house.root / FILE).read_bytes()

    def refuse(*args: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, step, refuse)
    with pytest.raises(DojoError) as error:
        progress.record(house.root, house.kata("k102_other"))

    assert str(error.value) == (
        f"{house.root / FILE}: your progress can't be saved: No space left on device.\n"
        "Your answer is untouched. Make the folder writable (or free some disk space), then run "
        "the command again."
    )
    assert (house.root / FILE).read_bytes() == before
    assert [path.name for path in (house.root / ".dojo").glob("progress.json*")] == [
        "progress.json"
    ]


WRITER = """
import sys
from pathlib import Path
from dojo import catalogue, progress

root = Path.cwd()
katas = [kata for kata in catalogue.load(root) if kata.slug in sys.argv[1:]]
print(flush=True)
sys.stdin.readline()
for kata in katas:
    progress.record(root, kata)
"""


@pytest.mark.realtime
@pytest.mark.timeout(300)
def test_writers_at_the_same_time_lose_nothing(house: House) -> None:
    """Four terminals finish twenty katas between them."""
    slugs = [f"k1{number:02}_kata{number}" for number in range(10, 30)]
    for slug in slugs:
        house.add_kata(slug, solutions=False)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, *slugs[start::4]],
            cwd=house.root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(CLONE)},
        )
        for start in range(4)
    ]

    for writer in writers:
        assert writer.stdout
        writer.stdout.readline()
    for writer in writers:
        assert writer.stdin
        writer.stdin.write(b"\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate()

    assert [writer.returncode for writer in writers] == [0, 0, 0, 0]
    solved = json.loads((house.root / FILE).read_text())["katas"]
    assert sorted(solved) == sorted(slug.partition("_")[2] for slug in slugs)


def test_a_folder_without_permission_is_named(house: House) -> None:
    """A file stands where the folder belongs: to the same effect as a mode, for root as well."""
    house.write(".dojo", "")

    with pytest.raises(DojoError, match=r"progress\.json: your progress can't be saved: "):
        progress.record(house.root, house.kata())
    assert Path(house.root / ".dojo").is_file()


def test_what_an_earlier_version_kept_is_understood(house: House) -> None:
    """Nobody begins anew because of an update."""
    suite = progress.fingerprint(house.kata().suite)
    entry = {"suite": suite, "at": "2026-11-20T10:00:00+00:00"}
    house.write(FILE, json.dumps({"version": 1, "solved": {"double": entry}}))

    state = progress.load(house.root)

    assert state.is_solved(house.kata())
    assert not state.is_outdated(house.kata())
    assert progress.record(house.root, house.kata()).of(house.kata()).solved == entry["at"]


def seen_at(root: Path, kata: Kata, ago: timedelta) -> None:
    """Write that *kata* was run for the last time so long ago."""
    moment = (datetime.now(UTC) - ago).isoformat(timespec="seconds")
    old = progress.load(root).of(kata)
    progress.change(root, lambda _: Progress({kata.name: dataclasses.replace(old, seen=moment)}))


@pytest.mark.parametrize(
    ("ago", "least", "most"),
    [
        (timedelta(minutes=5), 300, 330),
        (timedelta(hours=8), 0, 0),
        # A clock that was set back.
        (timedelta(hours=-1), 0, 0),
    ],
)
def test_time_spent_is_that_between_runs(
    house: House, ago: timedelta, least: int, most: int
) -> None:
    """A night between two runs is no time spent."""
    kata = house.kata()
    progress.record(house.root, kata, passed=False, task=2)
    seen_at(house.root, kata, ago)

    entry = progress.record(house.root, kata, passed=False, task=1).of(kata)

    assert least <= entry.seconds <= most
    assert (entry.runs, entry.task, entry.solved) == (2, 1, "")


def test_a_run_that_fails_takes_nothing_away(house: House) -> None:
    """Who breaks a solved kata has solved it all the same."""
    progress.record(house.root, house.kata())

    assert progress.record(house.root, house.kata(), passed=False, task=1).is_solved(house.kata())


def test_hints_are_counted_up_to_the_last(house: House) -> None:
    """Of each task for itself."""
    for _ in range(4):
        progress.show_hint(house.root, house.kata(), 1, most=3)

    assert progress.show_hint(house.root, house.kata(), 2, most=3).of(house.kata()).hints == {
        "1": 3,
        "2": 1,
    }


def test_giving_up_is_kept(house: House) -> None:
    """Its first moment, whatever comes after."""
    first = progress.give_up(house.root, house.kata()).of(house.kata()).gave_up
    progress.record(house.root, house.kata())

    assert first
    assert progress.give_up(house.root, house.kata()).of(house.kata()).gave_up == first


def test_a_jump_lasts_until_the_kata_is_solved(house: House) -> None:
    """A run that fails does not end it."""
    progress.jump(house.root, house.kata())

    assert progress.record(house.root, house.kata(), passed=False).here == "double"
    assert progress.record(house.root, house.kata()).here == ""


def test_a_copy_is_read_back_and_merged(house: House, tmp_path: Path) -> None:
    """From each machine what is further; what is known here is not lost."""
    copy = tmp_path / "copy.json"
    house.add_kata("k102_other")
    kata, other = house.kata(), house.kata("k102_other")
    progress.record(house.root, kata)
    progress.show_hint(house.root, kata, 1, most=3)
    saved = transfer.save_copy(house.root, copy)
    (house.root / FILE).unlink()
    progress.record(house.root, other)
    progress.record(house.root, kata, passed=False, task=2)

    merged = transfer.merge(house.root, transfer.load_copy(copy))

    assert merged.is_solved(kata)
    assert merged.is_solved(other)
    assert merged.of(kata).hints == {"1": 1}
    assert merged.of(kata).solved == saved.of(kata).solved
    assert transfer.merge(house.root, transfer.load_copy(copy)) == merged


def test_a_copy_replaces_no_file(house: House, tmp_path: Path) -> None:
    """Nor is anything but a copy taken for one."""
    file = tmp_path / "mine.json"
    file.write_text("{}")

    with pytest.raises(DojoError, match=r"mine\.json: this file exists, and it is not replaced"):
        transfer.save_copy(house.root, file)
    with pytest.raises(DojoError, match=r"mine\.json: no progress can be read from it: KeyError"):
        transfer.load_copy(file)
    assert file.read_text() == "{}"
