"""A newer version comes in, and nothing that a learner has written is lost, whatever happens."""

import io
import os
import re
import shutil
import stat
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from dojo import catalogue, changes, cli, progress, source, update
from dojo.copies import GIVEN
from dojo.model import DojoError, ExitCode
from tests.dojo.conftest import Build
from tests.dojo.house import KATA, SOLVED, STUB, House

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]

VIEWS = f"katas/{KATA}/views.py"
NEWER = STUB + "\n# A better stub.\n"
PROJECT = '[project]\nversion = "{}"\ndependencies = {}\n'
Capture = pytest.CaptureFixture[str]


def publish(house: House, version: str, dependencies: str = "[]") -> None:
    """Make a whole version of a house: with a project, a tool and the stubs as they stand."""
    house.write("pyproject.toml", PROJECT.format(version, dependencies))
    house.write("dojo/tool.py", f"VERSION = {version!r}\n")
    for kata in catalogue.load(house.root):
        for name in kata.edit:
            text = (kata.folder / name).read_text(encoding="utf-8")
            house.write(f"dojo/stubs/{kata.slug}/{name}.txt", text)


def held(root: Path) -> dict[str, str]:
    """Return what all files hold, but for the copies that updates keep."""
    return {
        name: path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file() and not (name := path.relative_to(root).as_posix()).startswith(".dojo")
    }


def everything(root: Path) -> dict[str, str]:
    """Return what all files hold."""
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def rename(house: House, slug: str, to: str) -> None:
    """Give a kata another number, as its author would."""
    for parent in ("katas", "tests", "solutions", "dojo/stubs"):
        if (house.root / parent / slug).is_dir():
            (house.root / parent / slug).rename(house.root / parent / to)
    house.change(f"tests/{to}/test_views.py", slug, to)


@pytest.fixture
def new(build: Build) -> House:
    """Make a newer version of the house in which the learner stands."""
    newer = build()
    publish(newer, "2")
    return newer


@pytest.fixture
def mine(house: House) -> House:
    """Make the learner's copy of the older version."""
    publish(house, "1")
    return house


def test_what_is_untouched_becomes_new(mine: House, new: House, capsys: Capture) -> None:
    """A stub that nobody has edited, a suite, a brief; and each replaced file is kept."""
    new.write(VIEWS, NEWER)
    new.append(f"tests/{KATA}/test_views.py", "\n# Better.\n")
    new.append(f"katas/{KATA}/README.md", "More.\n")
    new.write("docs/guide.md", "A guide.\n")
    publish(new, "2", '["rich"]')
    progress.record(mine.root, mine.kata())
    before = held(mine.root)

    assert cli.main(["update", str(new.root)]) == 0

    out = capsys.readouterr().out
    assert held(mine.root) == held(new.root)
    assert out.startswith(
        f"1 -> 2\n\n{KATA}\n"
        "  suite changed; you have solved it: check again\n"
        "  brief changed\n"
        "  views.py was untouched, and is the new stub now\n\n"
        "Files: 1 new, 6 replaced.\n"
        "What was replaced or removed is in .dojo/kept/"
    )
    assert out.endswith("The dependencies have changed: `pip install -e .` installs them.\n")
    kept = next((mine.root / ".dojo/kept").iterdir())
    assert kept.name.endswith("-update")
    copies = everything(kept)
    assert len(copies) == 6
    assert copies.items() <= before.items()
    assert not (mine.root / ".dojo/update").exists()

    assert cli.main(["update", str(new.root)]) == 0
    assert capsys.readouterr().out == "Nothing is new: you have version 2.\n"
    assert len([*(mine.root / ".dojo/kept").iterdir()]) == 1


def test_what_a_learner_has_written_stays(mine: House, new: House, capsys: Capture) -> None:
    """Answers, added files, notes, and whatever no version has brought."""
    own = {
        VIEWS: SOLVED,
        "notes.txt": "mine",
        f"katas/{KATA}/notes.md": "mine",
        f"katas/{KATA}/test_mine.py": "mine",
        "katas/playground/views.py": "mine",
        f"tests/{KATA}/notes.txt": "mine",
        ".venv/bin/python": "mine",
        ".git/config": "mine",
    }
    for path, text in own.items():
        mine.write(path, text)
    new.write(VIEWS, NEWER)
    new.write_metadata(may_add=["test_*.py"])
    mine.write_metadata(may_add=["test_*.py"])
    # A given file of this name must not replace the learner's own.
    new.write(f"katas/{KATA}/test_mine.py", "given")
    publish(new, "2")

    assert cli.main(["update", str(new.root)]) == 0

    out = capsys.readouterr().out
    assert own.items() <= held(mine.root).items()
    where = f"dojo/stubs/{KATA}/views.py.txt"
    assert f"your views.py stays; its stub has changed; {where} has the new one\n" in out
    assert "your test_mine.py stays, where the kata brings a file of that name\n" in out
    assert (mine.root / where).read_text() == NEWER.removeprefix("\n")


def test_a_renumbered_kata_takes_the_learners_files_along(
    mine: House, new: House, capsys: Capture
) -> None:
    """Also what only `may_add` allows; the old folders are gone."""
    mine.write(VIEWS, f"from katas.{KATA} import models\n{SOLVED}")
    mine.write(f"katas/{KATA}/helper.py", "mine")
    mine.write(f"katas/{KATA}/__pycache__/views.pyc", "cache")
    progress.record(mine.root, mine.kata())
    rename(new, KATA, "k203_double")

    assert cli.main(["update", str(new.root)]) == 0

    out = capsys.readouterr().out
    after = held(mine.root)
    assert after["katas/k203_double/views.py"] == f"from katas.{KATA} import models\n{SOLVED}"
    assert after["katas/k203_double/helper.py"] == "mine"
    assert not [path for path in after if KATA in path]
    assert f"k203_double\n  was {KATA}\n  suite changed; you have solved it: check again\n" in out
    assert "your views.py has come along" in out
    assert f"your views.py names katas.{KATA}: write katas.k203_double there" in out
    assert catalogue.load(mine.root)[0].slug == "k203_double"


@pytest.mark.parametrize("answer", [STUB.removeprefix("\n"), SOLVED])
def test_a_vanished_kata_leaves_the_learners_files(
    mine: House, new: House, answer: str, capsys: Capture
) -> None:
    """An answer stays where it is, in nobody's way; an untouched stub goes with the rest."""
    mine.add_kata("k102_other")
    publish(mine, "1")
    mine.write("katas/k102_other/views.py", answer)

    assert cli.main(["update", str(new.root)]) == 0

    left = [path for path in held(mine.root) if "k102_other" in path]
    assert left == (["katas/k102_other/views.py"] if answer == SOLVED else [])
    assert "k102_other\n  gone\n" in capsys.readouterr().out
    assert [kata.slug for kata in catalogue.load(mine.root)] == [KATA]
    assert cli.main(["update", str(new.root)]) == 0
    assert capsys.readouterr().out.startswith("Nothing is new")


def test_given_files_that_are_no_more_are_removed(mine: House, new: House, capsys: Capture) -> None:
    """From the second update on it is known which they are, below katas as well."""
    for path in ("tests/k101_double/test_old.py", "dojo/old.py", "docs/old.md"):
        mine.write(path, "old")
    new.write(f"katas/{KATA}/models.py", "given")
    new.write("docs/new.md", "new")

    assert cli.main(["update", str(new.root)]) == 0
    assert held(mine.root) == held(new.root)
    assert "  docs/old.md goes\n" in capsys.readouterr().out

    new.remove(f"katas/{KATA}/models.py")
    new.remove("docs/new.md")
    new.write("docs/newer.md", "newer")
    own = {"docs/mine.md", f"tests/{KATA}/mine.py", "dojo/mine.py", f"katas/{KATA}/mine.py"}
    for path in own:
        mine.write(path, "mine")

    assert cli.main(["update", str(new.root)]) == 0
    after = held(mine.root)
    assert after.keys() - held(new.root).keys() == own


def test_solutions_and_hints_come_only_where_there_are_some(
    mine: House, new: House, capsys: Capture
) -> None:
    """A class that got none does not get them by an update; nor does it lose them to an edition."""
    mine.remove("solutions")
    mine.remove(f"katas/{KATA}/hints.md")
    assert cli.main(["update", str(new.root)]) == 0
    assert not (mine.root / "solutions").exists()
    assert not (mine.root / f"katas/{KATA}/hints.md").exists()
    assert "hints" not in capsys.readouterr().out

    mine.write("solutions/README.md", "Ours.\n")
    new.remove("solutions")
    assert cli.main(["update", str(new.root)]) == 0
    assert (mine.root / "solutions/README.md").is_file()


def test_what_changes_hands(mine: House, new: House, capsys: Capture) -> None:
    """A given file becomes the learner's to edit, and the other way round; copies are kept."""
    mine.write(f"katas/{KATA}/tasks.py", "given")
    mine.write(VIEWS, SOLVED)
    new.write(f"katas/{KATA}/tasks.py", "stub")
    new.write_metadata(edit=["tasks.py"])
    shutil.rmtree(new.root / "dojo/stubs")
    publish(new, "2")

    assert cli.main(["update", str(new.root)]) == 0

    out = capsys.readouterr().out
    assert held(mine.root) == held(new.root)
    assert "tasks.py was given, and is yours to edit now" in out
    assert "views.py is given now; a copy of what you had written is kept" in out
    kept = next((mine.root / ".dojo/kept").iterdir())
    assert (kept / VIEWS).read_text() == SOLVED


def test_a_dry_run_changes_nothing(mine: House, new: House, capsys: Capture) -> None:
    """It says the same."""
    new.write(VIEWS, NEWER)
    publish(new, "0.9")
    before = everything(mine.root)

    assert cli.main(["update", "--dry-run", str(new.root)]) == 0
    dry = capsys.readouterr().out
    assert everything(mine.root) == before
    assert dry.endswith("Nothing has been changed: this was a dry run.\n")
    assert "1 -> 0.9\nThis is an older version than yours.\n" in dry

    assert cli.main(["update", str(new.root)]) == 0
    assert capsys.readouterr().out.startswith(dry.removesuffix(dry.splitlines()[-1] + "\n"))


class Killed(BaseException):
    """Stands for the end of the process."""


def kill_at(patch: pytest.MonkeyPatch, number: int) -> list[str]:
    """Let the step of that number fail, of those that change the disk; return the steps so far."""
    steps: list[str] = []

    def counted(name: str, real: Callable[..., None]) -> Callable[..., None]:
        def step(*args: object, **kwargs: object) -> None:
            steps.append(f"{name} {args}")
            if len(steps) == number:
                raise Killed
            real(*args, **kwargs)

        return step

    for name in ("replace", "rename", "unlink"):
        patch.setattr(os, name, counted(name, getattr(os, name)))
    return steps


@pytest.mark.parametrize("informed", [False, True], ids=["first update", "later update"])
def test_a_kill_at_any_step_is_mended_by_the_next_run(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, informed: bool
) -> None:
    """The end is the same as without it, for every kind of change."""
    old, new = build(), build()
    for house in (old, new):
        house.remove("solutions")
        for slug in ("k102_moved", "k103_gone", "k104_hands"):
            house.add_kata(slug, solutions=False)
    old.write_metadata("k103_gone", may_add=["test_*.py"])
    old.write("katas/k104_hands/tasks.py", "given")
    publish(old, "1")
    new.write(VIEWS, NEWER)
    new.write("katas/k104_hands/tasks.py", "stub")
    new.write_metadata("k104_hands", edit=["tasks.py"])
    for parent in ("katas", "tests", "dojo/stubs"):
        new.remove(f"{parent}/k103_gone")
    new.add_kata("k105_new", solutions=False)
    rename(new, "k102_moved", "k202_moved")
    publish(new, "2")
    if informed:
        shutil.copytree(old.root, tmp_path / "same")
        update.carry_out(changes.between(old.root, tmp_path / "same"))
    for slug in ("k102_moved", "k103_gone", "k104_hands"):
        old.write(f"katas/{slug}/views.py", SOLVED)
    old.write("katas/k102_moved/helper.py", "mine")
    old.write("katas/k103_gone/test_mine.py", "mine")

    whole = tmp_path / "whole"
    shutil.copytree(old.root, whole)
    update.carry_out(changes.between(whole, new.root))
    # All that is looked at to tell what is to be changed; and then, nothing is.
    wanted, given = held(whole), (whole / GIVEN).read_bytes()
    assert not changes.between(whole, new.root)
    assert wanted["katas/k202_moved/views.py"] == SOLVED
    assert {path for path in wanted if "k103" in path} == {
        "katas/k103_gone/views.py",
        "katas/k103_gone/test_mine.py",
    }

    monkeypatch.setattr(os, "fsync", lambda handle: None)  # the disk is not what is tested here
    for number in range(1, 1000):
        root = tmp_path / f"killed-{number}"
        shutil.copytree(old.root, root)
        with monkeypatch.context() as patch:
            steps = kill_at(patch, number)
            try:
                update.carry_out(changes.between(root, new.root))
            except Killed:
                pass
            else:
                break
        update.carry_out(changes.between(root, new.root))
        assert held(root) == wanted, steps[-1]
        assert (root / GIVEN).read_bytes() == given, steps[-1]
        texts = {path.read_text() for path in root.rglob("*") if path.is_file()}
        assert {SOLVED, "mine"} <= texts
        shutil.rmtree(root)
    assert number > 40


def test_a_file_that_cannot_be_written_is_named(
    mine: House, new: House, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """And the tool is as it was, if it was the tool's turn."""

    def refuse(one: Path, other: Path) -> None:
        raise OSError(13, "Permission denied", str(one))

    before = held(mine.root)["dojo/tool.py"]
    monkeypatch.setattr(os, "rename", refuse)

    assert cli.main(["update", str(new.root)]) == ExitCode.FAULT

    assert "this can't be changed: Permission denied.\nMake it writable" in capsys.readouterr().err
    assert held(mine.root)["dojo/tool.py"] == before


def test_two_updates_at_once_are_refused(mine: House, new: House, capsys: Capture) -> None:
    """The second one changes nothing."""
    before = held(mine.root)

    with update.only_one(mine.root):
        assert cli.main(["update", str(new.root)]) == ExitCode.USAGE

    assert "another update is under way" in capsys.readouterr().err
    assert held(mine.root) == before


def packed(house: House, path: Path) -> Path:
    """Pack a house as a code host does: in one folder."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in held(house.root).items():
                archive.writestr(f"katas-main/{name}", text)
    else:
        with tarfile.open(path, "w:gz") as tar:
            tar.add(house.root, "katas-main")
    return path


@pytest.mark.parametrize("name", ["new.zip", "new.tar.gz"])
def test_archives_are_unpacked(mine: House, new: House, tmp_path: Path, name: str) -> None:
    """A program stays one that can be run."""
    run = new.write("docs/run", "#!/bin/sh\n")
    run.chmod(0o755)

    assert cli.main(["update", str(packed(new, tmp_path / name))]) == 0

    assert held(mine.root) == held(new.root)
    if name == "new.tar.gz":
        assert (mine.root / "docs/run").stat().st_mode & stat.S_IXUSR


def tar_with(path: Path, *entries: tarfile.TarInfo) -> Path:
    """Make a tar of *entries*, all of zeros."""
    with tarfile.open(path, "w:gz") as tar:
        for entry in entries:
            tar.addfile(entry, io.BytesIO(bytes(entry.size)))
    return path


def entry(name: str, kind: bytes = tarfile.REGTYPE, size: int = 0) -> tarfile.TarInfo:
    """Return an entry of a tar."""
    made = tarfile.TarInfo(name)
    made.type, made.size, made.linkname = kind, size, "/etc/passwd"
    return made


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([entry("k/views.py", tarfile.SYMTYPE)], "'k/views.py' in it is a link or a device."),
        ([entry("k/views.py", tarfile.LNKTYPE)], "'k/views.py' in it is a link or a device."),
        ([entry("k/pipe", tarfile.FIFOTYPE)], "'k/pipe' in it is a link or a device."),
        ([entry("/etc/passwd")], "'/etc/passwd' in it leads out of its folder."),
        ([entry("k/../../x")], "'k/../../x' in it leads out of its folder."),
        ([entry("C:\\x")], "in it leads out of its folder."),
        ([entry("k/x"), entry("k/x")], "it can't be unpacked: "),
        ([entry("k/x"), entry("k/x/y")], "it can't be unpacked: "),
        ([entry(f"k/{n}") for n in range(30)], "it holds more than 20 files or 0 MB."),
        ([entry("k/x", size=2_000)], "it holds more than 20 files or 0 MB."),
        ([entry("k/x", size=200_000)], "it holds more than 20 files or 0 MB."),
        ([entry("k/x")], "there are no katas in it (katas/chapters.toml is missing)."),
    ],
)
def test_bad_archives_are_refused(
    mine: House,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
    entries: list[tarfile.TarInfo],
    message: str,
) -> None:
    """What, where, next step; nothing has been changed, here or elsewhere."""
    monkeypatch.setattr(source, "MOST_FILES", 20)
    monkeypatch.setattr(source, "MOST_BYTES", 1_000)
    monkeypatch.setattr(source, "MOST_TAR_BYTES", 50_000)
    bad = tar_with(tmp_path / "bad.tar.gz", *entries)
    before = everything(mine.root)

    assert cli.main(["update", str(bad)]) == ExitCode.USAGE

    err = capsys.readouterr().err
    assert err.startswith(f"{bad}: ")
    assert message in err
    assert err.endswith("Nothing has been changed.\n")
    assert everything(mine.root) == before
    assert [path.name for path in tmp_path.iterdir()] == ["bad.tar.gz"]


def zip_with(path: Path, name: str, mode: int = 0, text: str = "") -> Path:
    """Make a zip of one file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        made = zipfile.ZipInfo(name)
        made.external_attr = mode << 16
        archive.writestr(made, text)
    return path


def test_bad_zips_are_refused(mine: House, tmp_path: Path, capsys: Capture) -> None:
    """Links, ways out, lies about the size, rubbish."""
    rubbish = tmp_path / "rubbish.zip"
    rubbish.write_bytes(b"PK\x03\x04 rubbish")
    lying = zip_with(tmp_path / "lying.zip", "k/x", text="x" * 1000)
    at = lying.read_bytes().rindex((1000).to_bytes(4, "little"))
    data = bytearray(lying.read_bytes())
    data[at : at + 4] = (10).to_bytes(4, "little")
    lying.write_bytes(data)
    bad = {
        zip_with(tmp_path / "link.zip", "k/x", stat.S_IFLNK | 0o777, "/etc"): "is a link",
        zip_with(tmp_path / "out.zip", "../x"): "leads out of its folder",
        zip_with(tmp_path / "root.zip", "/x"): "leads out of its folder",
        lying: "it can't be unpacked",
        rubbish: "it can't be unpacked",
        tmp_path / "none.zip": "there is no such file or folder",
    }
    for path, message in bad.items():
        assert cli.main(["update", str(path)]) == ExitCode.USAGE
        err = capsys.readouterr().err
        assert err.startswith(f"{path}: ")
        assert message in err


def test_a_version_that_cannot_be_read_is_refused(mine: House, new: House, capsys: Capture) -> None:
    """With what is wrong in it; so is one's own copy, and one without its stubs."""
    before = everything(mine.root)
    assert cli.main(["update", "."]) == ExitCode.USAGE
    assert "this is your own copy" in capsys.readouterr().err

    new.remove("dojo/stubs")
    assert cli.main(["update", str(new.root)]) == ExitCode.USAGE
    missing = f"dojo/stubs/{KATA}/views.py.txt is missing in the new version."
    assert capsys.readouterr().err.startswith(missing)

    publish(new, "2")
    new.remove("pyproject.toml")
    assert cli.main(["update", str(new.root)]) == ExitCode.USAGE
    assert capsys.readouterr().err.startswith("pyproject.toml is missing in the new version.\n")

    new.write_metadata(title=None)
    assert cli.main(["update", str(new.root)]) == ExitCode.USAGE
    err = capsys.readouterr().err
    assert f"its katas can't be read:\n  katas/{KATA}/kata.toml: `title` is missing.\n" in err
    for parent in ("katas", "tests", "solutions"):
        new.remove(f"{parent}/{KATA}")
    assert cli.main(["update", str(new.root)]) == ExitCode.USAGE
    assert "katas: there is no kata in this folder." in capsys.readouterr().err
    changed = everything(mine.root).items() ^ before.items()
    assert [path for path, _ in changed] == [".dojo/update.lock"]


def git(folder: Path, *words: str) -> None:
    """Run git, as somebody."""
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
def test_a_clone_takes_what_git_fetches(mine: House, new: House, tmp_path: Path) -> None:
    """From its branch's upstream; neither commits nor branches change."""
    upstream = tmp_path / "upstream"
    # Times of now: with the originals' times, a file of the same size can look unchanged to git.
    copy = partial(shutil.copytree, copy_function=shutil.copyfile)
    copy(mine.root, upstream)
    git(upstream, "init", "-b", "main")
    git(upstream, "add", ".")
    git(upstream, "commit", "-m", "1")
    for name in ("katas", "tests", "solutions", "dojo", "pyproject.toml"):
        mine.remove(name)
    git(mine.root, "clone", "-q", str(upstream), ".")
    mine.write(VIEWS, SOLVED)
    head = (mine.root / ".git/HEAD").read_text()
    copy(new.root, upstream, dirs_exist_ok=True)
    git(upstream, "add", ".")
    git(upstream, "commit", "-m", "2")

    assert cli.main(["update"]) == 0

    assert (mine.root / "dojo/tool.py").read_text() == "VERSION = '2'\n"
    assert (mine.root / VIEWS).read_text() == SOLVED
    assert (mine.root / ".git/HEAD").read_text() == head

    shutil.rmtree(upstream)
    with pytest.raises(DojoError, match="`git fetch` failed: "):
        source.fetch(mine.root, tmp_path / "x.tar")
    git(mine.root, "branch", "--unset-upstream")
    with pytest.raises(DojoError, match="the branch of this clone has no upstream"):
        source.fetch(mine.root, tmp_path / "x.tar")


def test_without_a_clone_a_source_has_to_be_named(
    mine: House, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """And without git as well."""
    assert cli.main(["update"]) == ExitCode.USAGE
    assert re.search(r"not a clone of the katas.*\nName a folder, a \.zip", capsys.readouterr().err)

    monkeypatch.setenv("PATH", "")
    assert cli.main(["update"]) == ExitCode.USAGE
    assert "git is not installed here, so there is nothing to fetch" in capsys.readouterr().err
