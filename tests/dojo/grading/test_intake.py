"""Which submissions there are in what an instructor gives, and what they are called."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dojo.grading.intake import Source, sources
from dojo.model import DojoError
from tests.dojo.grading.packing import as_folder

KATA = {"katas/k101_double/views.py": b""}


def called(*paths: Path, names: Path | None = None) -> dict[str, str]:
    """Return the end of each submission's path, by its name."""
    return {one.name: one.path.name for one in sources(paths, names)}


def test_a_folder_of_submissions_is_taken_apart(tmp_path: Path) -> None:
    """Archives, clones, what Moodle exports, and what can't be read; not the instructor's lists."""
    school = as_folder(
        tmp_path / "class",
        {
            "alice.zip": b"",
            "bob.tar.gz": b"",
            "carol.rar": b"",
            "dora/dojo-main/katas/k101_double/views.py": b"",
            "Eve_1_assignsubmission_file_/work.TGZ": b"",
            "fred/views.py": b"",
            "names.csv": b"",
            ".DS_Store": b"",
        },
    )
    (school / "gone").symlink_to("nowhere")

    assert called(school) == {
        "Eve_1_assignsubmission_file_": "work.TGZ",
        "alice": "alice.zip",
        "bob": "bob.tar.gz",
        "carol.rar": "carol.rar",
        "dora": "dora",
        "fred": "fred",
        "gone": "gone",
    }


def test_a_submission_is_taken_as_a_whole(tmp_path: Path) -> None:
    """A clone, its katas, one of them, or bare files; and it counts once."""
    clone = as_folder(tmp_path / "alice", KATA | {"docs/x.md": b""})
    bare = as_folder(tmp_path / "bob", {"views.py": b"", "README.md": b""})
    link = tmp_path / "link"
    link.symlink_to(clone)

    assert sources([clone, link, bare]) == [Source("alice", clone), Source("bob", bare)]
    assert called(clone / "katas") == {"katas": "katas"}
    assert called(clone / "katas/k101_double") == {"k101_double": "k101_double"}


def test_names_are_fit_to_be_shown(tmp_path: Path) -> None:
    """Also one that is no text."""
    (tmp_path / os.fsdecode(b"\xffa\x1b.zip")).touch()

    assert called(tmp_path) == {r"\udcffa\x1b": os.fsdecode(b"\xffa\x1b.zip")}


def test_what_holds_no_submission_is_an_error(tmp_path: Path) -> None:
    """So is a name that two have."""
    twice = as_folder(tmp_path / "twice", {"alice.zip": b"", "alice.tar": b""})
    for path, said in {
        tmp_path / "missing": "this can't be read: No such file or directory.",
        as_folder(tmp_path / "empty", {"list.csv": b""}): "there is no submission in this folder.",
        twice: f"Two submissions are called 'alice': {twice}/alice.tar and {twice}/alice.zip.",
    }.items():
        with pytest.raises(DojoError) as caught:
            sources([path])
        assert said in str(caught.value)


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """Make a folder of submissions of which two have the same name."""
    return as_folder(
        tmp_path / "class", {"1.zip": b"", "1.tar": b"", "Eve_1_assignsubmission_file_/w.zip": b""}
    )


@pytest.mark.parametrize(
    "text",
    [
        "file,name\n1.zip,Zoë\n1.tar,Bob\nEve_1_assignsubmission_file_,Eve\n",
        "\ufeffName;Path\r\nZoë;class/1.zip\r\n\r\nBob;./class/1.tar\r\nEve;w.zip\r\n",
        'name,group,file\n"Zoë",1,{0}/1.zip\nBob,2,{0}/1.tar\nEve,3,w.zip\n',
    ],
)
def test_a_list_gives_names(text: str, school: Path) -> None:
    """By file, by path, or by the folder that holds it; as Excel writes it, too."""
    names = school.parent / "names.csv"
    names.write_text(text.replace("{0}", str(school)), encoding="utf-8", newline="")

    assert called(school, names=names) == {"Zoë": "1.zip", "Bob": "1.tar", "Eve": "w.zip"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("file,name\n1.zip,A\n1.tar,B\n2.zip,C\n", "row 4: there is no submission '2.zip'."),
        ("file,name\n1.zip,A\n1.zip,B\n", "row 3: row 2 names '1.zip', too."),
        ("file,name\n1.zip,A\n1.tar,A\n", "row 3: row 2 has the name 'A', too."),
        ("file,name\n1,A\n", "row 2: several are called '1'. Write the path."),
        ("file,name\n1.zip,\n", "row 2: '' is no name."),
        ("file,name\n,A\n", "row 2: there is no submission ''."),
        ("file,name\n1.zip,a\x1bb\n", r"row 2: 'a\x1bb' is no name."),
        (f"file,name\n1.zip,{'a' * 201}\n", "row 2: the name is longer than 200 characters."),
        ("file,name\n1.zip,A,3\n", "row 2: 3 cells; the heading has 2."),
        ("file,name\n1.zip,A\n", "no row names '"),
        ('file,name\n"1.zip,A\n', "row 2: unexpected end of data."),
        ("1.zip,A\n", "row 1: there are no columns `file` and `name`."),
        ("", "row 1: there are no columns `file` and `name`."),
        ("file,name\n" + "x,\n" * 30, "and 20 more."),
    ],
)
def test_a_list_that_does_not_fit_is_an_error(text: str, said: str, school: Path) -> None:
    """With the number of the row."""
    names = school.parent / "names.csv"
    names.write_text(text, encoding="utf-8")

    with pytest.raises(DojoError) as caught:
        sources([school], names)
    assert str(caught.value).startswith(f"{names}: this list of names can't be used:\n")
    assert said in str(caught.value)


def test_a_list_that_can_not_be_read_is_an_error(school: Path) -> None:
    """A missing one, and one that is not in UTF-8."""
    names = school.parent / "names.csv"
    with pytest.raises(DojoError, match="it can't be read: No such file"):
        sources([school], names)
    names.write_bytes(b"file,name\n1.zip,Zo\xeb\n")
    with pytest.raises(DojoError, match="it is not in UTF-8"):
        sources([school], names)
