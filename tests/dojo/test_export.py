"""``dojo export``: a repository of a few katas alone, which works, and holds no answers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from dojo import catalogue, cli, export, packing
from dojo.model import DojoError
from tests.dojo.house import CLONE, KATA, SOLVED, STUB, House
from tests.dojo.leaks import leaks

# These start processes and wait for them, in real time.
pytestmark = [pytest.mark.realtime, pytest.mark.timeout(120)]
Capture = pytest.CaptureFixture[str]
KATAS = catalogue.load(CLONE)
NAMES = "k401,k102"


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Export two katas that require others."""
    folder = tmp_path_factory.mktemp("export") / "katas of ours"
    tree = export.tree(CLONE, export.chosen(KATAS, NAMES))
    packing.write(tree, packing.new_place(folder, CLONE), top=export.NAME)
    return folder


@pytest.fixture
def complete(house: House) -> House:
    """Add to a small dojo what an export takes along besides."""
    house.furnish()
    for name in ("LICENSE", "manage.py", ".gitignore"):
        shutil.copy(CLONE / name, house.root)
    return house


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python in *folder*, where nothing leads to this clone but what is installed."""
    kept = {key: os.environ[key] for key in ("PATH", "SYSTEMROOT") if key in os.environ}
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=kept | {"HOME": str(folder), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


def files_of(folder: Path) -> dict[str, bytes]:
    """Return all files below *folder* by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_an_export_holds_the_katas_and_what_they_need(exported: Path) -> None:
    """And no answer to any kata, no hint, and none of the dojo's own tests."""
    files = files_of(exported)

    assert {path.split("/")[1] for path in files if path.startswith("tests/")} == {
        "k102_fan_out",
        "k401_publish_island",
    }
    kept = [path for path in files if path.startswith(("katas/", "solutions/"))]
    assert [path for path in kept if path[0] == "s" or path.endswith("hints.md")] == []
    assert leaks(files, KATAS, hints_too=True) == []
    assert "k102_fan_out" in files["README.md"].decode()


def test_a_leak_would_be_found(exported: Path) -> None:
    """An answer, a wrong one and a hint, under other names."""
    k102 = catalogue.find(KATAS, "k102")
    files = {
        "notes.txt": (k102.solutions / "answer/views.py").read_bytes(),
        "docs/old.py": (k102.solutions / "rejected/pairs/views.py").read_bytes(),
        "README.md": (k102.folder / "hints.md").read_bytes(),
    }

    found = leaks(files, [k102], hints_too=True)

    assert {line.partition(" ")[0] for line in found} == files.keys()


def test_its_katas_require_only_each_other(exported: Path) -> None:
    """So the catalogue finds nothing wrong; chapters that are empty are not there."""
    katas = catalogue.load(exported)

    assert [(kata.number, kata.requires) for kata in katas] == [("k102", ()), ("k401", ())]
    assert [*catalogue.chapters(exported)] == [1, 4]


def test_any_kata_can_be_exported_alone() -> None:
    """Its metadata stay as they are, but for what it requires."""
    for kata in KATAS:
        tree = export.tree(CLONE, [kata])
        before = tomllib.loads((kata.folder / "kata.toml").read_text())
        after = tomllib.loads(tree[f"katas/{kata.slug}/kata.toml"].decode())
        assert after == before | {"requires": []}

    both = export.tree(CLONE, export.chosen(KATAS, "k401,k402"))
    there = tomllib.loads(both["katas/k402_last_ticket/kata.toml"].decode())
    assert there["requires"] == ["k401_publish_island"]


def test_its_commands_work(exported: Path) -> None:
    """The dojo, plain pytest and tox, each with what lies in the export."""
    go = run(exported, "-m", "dojo", "--once")
    assert (go.returncode, "edit  katas/k102_fan_out/views.py" in go.stdout) == (1, True), go
    assert "NotImplementedError: task 1" in go.stdout, go
    answer = catalogue.find(KATAS, "k102").solutions / "answer/views.py"
    shutil.copy(answer, exported / "katas/k102_fan_out")
    plain = run(exported, "-m", "pytest", "-q", "tests/k102_fan_out")
    assert plain.returncode == 0, plain
    listed = run(exported, "-m", "dojo", "list")
    assert "k401" in listed.stdout, listed
    names = run(exported, "-m", "tox", "list", "--no-desc", "-q").stdout.split()
    assert {name.partition("-")[2] for name in names} == {"dj52", "dj60", "dj61"}
    shutil.copy(
        exported / "dojo/stubs/k102_fan_out/views.py.txt", exported / "katas/k102_fan_out/views.py"
    )


def test_there_it_says_that_it_has_neither_hints_nor_answers(
    exported: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """Without asking the learner to give up first."""
    monkeypatch.chdir(exported)

    assert [cli.main(["hint"]), cli.main(["solution"])] == [2, 2]
    said = capsys.readouterr().err
    assert "This copy of the katas has no hints;" in said
    assert "This copy of the katas has no solutions:" in said


def test_hints_come_along_if_they_are_wanted(
    complete: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """The last of them does not promise an answer."""
    words = ["export", "--katas", "k101", "--to", str(tmp_path / "new"), "--with-hints"]
    assert cli.main(words) == 0
    monkeypatch.chdir(tmp_path / "new")

    assert [cli.main(["hint"]) for _ in range(3)] == [0, 0, 0]
    assert capsys.readouterr().out.rstrip().endswith("That was the last.")


def test_the_exporters_own_work_stays_at_home(complete: House, tmp_path: Path) -> None:
    """Stubs are handed out, and none of the files that git does not know."""
    subprocess.run(["git", "init", "-q"], cwd=complete.root, check=True)
    subprocess.run(["git", "add", "."], cwd=complete.root, check=True)
    complete.write(f"katas/{KATA}/views.py", SOLVED)
    complete.write(f"katas/{KATA}/views_mine.py", SOLVED)
    complete.write(f"tests/{KATA}/test_mine.py", SOLVED)
    complete.write("notes.md", SOLVED)
    complete.add_kata("k102_not_added")
    katas = catalogue.load(complete.root)

    tree = export.tree(complete.root, katas[:1])

    assert tree[f"katas/{KATA}/views.py"].decode() == STUB.removeprefix("\n")
    assert [path for path, data in tree.items() if data.decode() == SOLVED] == []
    with pytest.raises(DojoError, match=r"katas/k102_not_added: .* no part"):
        export.tree(complete.root, katas)


def test_the_same_katas_make_the_same_zip(tmp_path: Path) -> None:
    """Whenever it is made: names are sorted, times are fixed."""
    katas = export.chosen(KATAS, NAMES)
    for name in ("one.zip", "other.ZIP"):
        packing.write(export.tree(CLONE, katas), packing.new_place(tmp_path / name, CLONE), top="x")

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.ZIP").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        entries = archive.infolist()
        scripts = {one.filename for one in entries if archive.read(one).startswith(b"#!")}
    assert [one.filename for one in entries] == sorted(one.filename for one in entries)
    assert {one.date_time for one in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {one.filename for one in entries if one.external_attr >> 16 & 0o111} == scripts
    assert "x/manage.py" in scripts


@pytest.mark.parametrize(
    ("katas", "to", "said"),
    [
        ("k102", "new", "No kata is called 'k102'.\nDid you mean k101_double?"),
        ("k101,fan_out", "new", "No kata is called 'fan_out'."),
        (" , ", "new", "--katas names no kata.\nWrite it like --katas k102,k401;"),
        ("k101", "full", "this folder is not empty."),
        ("k101", "full/there.zip", "this exists, and it is not replaced."),
        ("k101", "full/notes", "this exists, and it is not replaced."),
        ("k101", "missing/new", "missing is not a folder."),
        ("k101", "house", "this lies inside the repository that is exported."),
        ("k101", "house/new.zip", "this lies inside the repository that is exported."),
    ],
)
def test_nothing_is_written_where_something_is_wrong(
    complete: House, tmp_path: Path, capsys: Capture, katas: str, to: str, said: str
) -> None:
    """It says what, and leaves everything as it was."""
    (tmp_path / "full").mkdir()
    for name in ("there.zip", "notes"):
        (tmp_path / "full" / name).write_text("mine")
    (tmp_path / "house").symlink_to(complete.root)
    before = files_of(tmp_path), files_of(complete.root)

    assert cli.main(["export", "--katas", katas, "--to", str(tmp_path / to)]) == 2

    assert said in capsys.readouterr().err
    assert (files_of(tmp_path), files_of(complete.root)) == before


def test_an_empty_folder_is_filled(complete: House, tmp_path: Path) -> None:
    """Nothing is left beside it."""
    (tmp_path / "empty").mkdir()

    assert cli.main(["export", "--katas", "k101", "--to", str(tmp_path / "empty")]) == 0

    assert [path.name for path in tmp_path.iterdir()] == ["empty"]
    assert (tmp_path / f"empty/tests/{KATA}/test_views.py").is_file()


def test_what_can_not_be_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full, say, half-way through."""

    def full(path: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", full)
    for name in ("new", "new.zip"):
        with pytest.raises(DojoError, match="can't be written: No space left"):
            packing.write({"a": b"b"}, tmp_path / name, top="x")

    assert [*tmp_path.iterdir()] == []
