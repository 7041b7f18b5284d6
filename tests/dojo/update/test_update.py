"""A newer version comes in, and nothing that a learner has written is lost."""

from __future__ import annotations

import re
import shutil
import subprocess
from functools import partial
from pathlib import Path

import pytest

from dojo import catalogue, cli, progress, source
from dojo.model import DojoError, ExitCode
from tests.dojo.house import KATA, SOLVED, STUB, House
from tests.dojo.update.conftest import NEWER, VIEWS, Capture, everything, held, publish, rename

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]


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
