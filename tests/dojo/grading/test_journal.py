"""The journal: what is noted survives, and nothing else is believed."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from dojo.grading import journal, model
from dojo.grading.model import KataMark, Verdict
from dojo.model import Bar, DojoError, ExitCode

TEST = model.TestMark("test_a.py::test_b", "B.", 1, Verdict.PASSED, earned=50, worth=100)
MARK = KataMark(
    "k101_double", "Double", 1, 1, (replace(TEST, timeline=(Bar("b()", 0, None, "ok"),)),)
)


def noted(folder: Path, *keys: str) -> Path:
    """Note a mark under each of *keys*; returns the file."""
    with journal.opened(folder, "seed") as notes:
        for key in keys:
            notes.note(key, MARK)
    return folder / journal.NAME


def test_marks_come_back_as_they_were(tmp_path: Path) -> None:
    noted(tmp_path, "one", "two")

    with journal.opened(tmp_path, None) as notes:
        assert notes.marks == {"one": MARK, "two": MARK}
        assert notes.seed == "seed"


def test_a_line_that_was_cut_off_is_cut_away(tmp_path: Path) -> None:
    path = noted(tmp_path, "one", "two")
    os.truncate(path, path.stat().st_size - 20)

    noted(tmp_path, "three")

    with journal.opened(tmp_path, None) as notes:
        assert set(notes.marks) == {"one", "three"}
    assert all(json.loads(line) for line in path.read_text().splitlines())


@pytest.mark.parametrize(
    "line", ["junk", "[]", '{"key": "two"}', '{"key": "two", "mark": {"slug": 1}}', "\x00\x00"]
)
def test_a_damaged_line_is_graded_again(tmp_path: Path, line: str) -> None:
    path = noted(tmp_path, "one")
    with path.open("a") as file:
        file.write(line + "\n")

    with journal.opened(tmp_path, None) as notes:
        assert set(notes.marks) == {"one"}


def test_a_fault_is_not_noted(tmp_path: Path) -> None:
    with journal.opened(tmp_path, "seed") as notes:
        notes.note("one", replace(MARK, fault="OSError: no space"))
        assert notes.marks == {}

    with journal.opened(tmp_path, None) as notes:
        assert notes.marks == {}


@pytest.mark.parametrize("head", ['{"journal": 99, "seed": "seed"}', "{}", "no JSON"])
def test_a_journal_of_another_version_is_left_alone(tmp_path: Path, head: str) -> None:
    path = tmp_path / journal.NAME
    path.write_text(head + "\n{}\n")

    with (
        pytest.raises(DojoError, match="no journal of this version") as raised,
        journal.opened(tmp_path, None),
    ):
        pass

    assert raised.value.code == ExitCode.USAGE
    assert path.read_text() == head + "\n{}\n"


def test_another_seed_is_refused(tmp_path: Path) -> None:
    noted(tmp_path, "one")

    with (
        pytest.raises(DojoError, match="from the seed seed, not from other"),
        journal.opened(tmp_path, "other"),
    ):
        pass


def test_seeds_differ_from_folder_to_folder(tmp_path: Path) -> None:
    seeds = set()
    for name in "ab":
        with journal.opened(tmp_path / name, None) as notes:
            seeds.add(notes.seed)
    assert len(seeds) == 2


def test_two_batches_cannot_write_into_one_folder(tmp_path: Path) -> None:
    writing = pytest.raises(DojoError, match="another `grade` is writing there")
    with journal.opened(tmp_path, "seed"), writing, journal.opened(tmp_path, None):
        pass

    assert noted(tmp_path, "free again").exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has such a device")
def test_a_full_disk_ends_the_batch_and_keeps_what_there_is(tmp_path: Path) -> None:
    path = noted(tmp_path, "one")
    with journal.opened(tmp_path, None) as notes:
        notes.path = Path("/dev/full")
        with pytest.raises(DojoError, match="No space left on device"):
            notes.note("two", MARK)
        assert set(notes.marks) == {"one"}
    assert len(path.read_text().splitlines()) == 2


def test_keys_of_different_parts_differ() -> None:
    assert journal.key_of("a", "bc") != journal.key_of("ab", "c")
