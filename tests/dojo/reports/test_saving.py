"""Reports reach the disk whole, where they belong, or an error says what to do."""

import errno
import os
from pathlib import Path

import pytest

from dojo import reports
from dojo.grading.model import SubmissionMark
from dojo.model import DojoError, ExitCode
from dojo.reports import saving
from tests.dojo.house import CLONE
from tests.dojo.reports.books import gradebook, rich

NAMES = (
    "../../etc/passwd",
    "/etc/passwd",
    "etc_passwd",
    "a",
    "A",
    "a-2",
    "a/",
    "",
    "..",
    ".git",
    "con",
    "NUL.txt",
    "report.json",
    "CTRF.json",
    "\N{LATIN SMALL LETTER E WITH ACUTE}",
    "e\N{COMBINING ACUTE ACCENT}",
    "\N{SNAKE}",
    "漢" * 300,
    "\udc80\x00\n\x1b[31m",
    'C:\\x<>|"?*',
    "x. . .",
)


def test_everything_is_written_where_it_belongs(tmp_path: Path) -> None:
    """Whole, in UTF-8, with nothing left over; a second time, too."""
    book = rich()
    folder = tmp_path / "new" / "folder"

    saved = saving.save(book, list(reports.FORMATS), folder)
    again = saving.save(book, list(reports.FORMATS), folder)

    assert saved == again
    assert set(saved) == {path for path in folder.rglob("*") if path.is_file()}
    assert (folder / "report.csv").read_bytes().decode() == reports.csv.write(book)
    first = (folder / "Ada_Lovelace/gradescope/results.json").read_bytes().decode()
    assert first == reports.gradescope.write(book, book.submissions[0])


def test_no_name_of_a_submission_leads_elsewhere() -> None:
    """Each has a folder of its own on every system: case, composed letters, devices, length."""
    names = saving.folder_names(gradebook(*(SubmissionMark(name, "x") for name in NAMES * 2)))

    assert len({name.casefold() for name in names}) == len(NAMES) * 2
    for name in names:
        assert name == Path(name).name
        assert not name.startswith(".")
        assert not name.endswith((".", " "))
        assert not set(name) & set('<>:"/\\|?*\x00\n\x1b')
        assert len(name.encode()) <= 120
        assert name.casefold().partition(".")[0] not in {"con", "nul"}
    assert saving.safe_name("Rene\N{COMBINING ACUTE ACCENT}") == "René"
    files = {module.FILE for module in reports.FORMATS.values()}
    assert not files & {name.casefold() for name in names}


def test_a_file_that_cannot_be_finished_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk is named as what it is, and what to do."""
    (path,) = saving.save(rich(), ["csv"], tmp_path)
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DojoError, match=r"report.csv: .*No space left") as caught:
        saving.save(gradebook(), ["csv"], tmp_path)

    assert caught.value.code is ExitCode.FAULT
    assert "free some disk space" in str(caught.value)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_a_file_is_an_error_of_the_reader(tmp_path: Path) -> None:
    """Not a traceback."""
    (tmp_path / "here").write_text("mine")

    with pytest.raises(DojoError, match=r"here.*can't be written"):
        saving.save(rich(), ["text"], tmp_path / "here")
    with pytest.raises(DojoError, match=r"here.*can't be written"):
        saving.save(rich(), ["text"], tmp_path / "here" / "below")

    assert (tmp_path / "here").read_text() == "mine"


def test_an_unknown_format_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    """The error lists those that there are."""
    with pytest.raises(DojoError, match=r"'pdf'.*\n.*gradescope") as caught:
        saving.save(rich(), ["csv", "pdf"], tmp_path)

    assert caught.value.code is ExitCode.USAGE
    assert list(tmp_path.iterdir()) == []


def test_each_format_has_a_file_of_its_own() -> None:
    """So none overwrites another's, in the folder of a submission neither."""
    files = [module.FILE for module in reports.FORMATS.values()]

    assert len(set(files)) == len(files)


def test_the_guide_names_every_format_and_its_file() -> None:
    """Whoever adds one says in docs/reports.md what it is for."""
    guide = (CLONE / "docs/reports.md").read_text(encoding="utf-8")

    for name, module in reports.FORMATS.items():
        assert f"| `{name}` | `{module.FILE}` |" in guide
