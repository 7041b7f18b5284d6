"""Branches to hand out: what they hold, what can't be found there, what they never replace."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dojo import branches, catalogue, cli, hints
from dojo.repository import GitError, Repository
from tests.dojo.house import CLONE, KATA, SOLVED, STUB, House, views

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]

VIEWS = f"katas/{KATA}/views.py"
ME = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
Capture = pytest.CaptureFixture[str]


def git(root: Path, *words: str, data: str = "") -> str:
    """Run git in *root*, and return what it prints."""
    done = subprocess.run(
        ["git", "-C", str(root), *ME, *words], input=data, capture_output=True, text=True
    )
    assert not done.returncode, done.stderr
    return done.stdout.strip()


def commit(root: Path) -> str:
    """Commit all that is in *root*, and return the id."""
    git(root, "add", "-A")
    git(root, "commit", "--quiet", "--allow-empty", "-m", "Katas")
    return git(root, "rev-parse", "HEAD")


def refs(root: Path) -> str:
    """Return all refs, and what they point at."""
    return git(root, "for-each-ref", "--format=%(objectname) %(refname)")


def said(capsys: Capture, *words: str, code: int = 0) -> str:
    """Return what a command prints, and check its exit code."""
    assert cli.main(words) == code, capsys.readouterr()
    out, err = capsys.readouterr()
    return err if code else out


@pytest.fixture(autouse=True)
def plain_git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let nothing that is configured here have a say."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parents[1]))


@pytest.fixture
def clone(house: House) -> House:
    """Make a clone with one commit, and stand in it."""
    house.write(".gitignore", "__pycache__/\n.dojo/\n")
    house.write("README.md", "# Katas\n\nText.\n")
    house.write("CONTRIBUTING.md", "Awaiting in a loop waits.\n")
    house.write("tox.ini", "[tox]\n")
    house.write("tests/dojo/test_parts.py", "")
    house.write(f"katas/{KATA}/models.py", "GIVEN = 1\n")
    git(house.root, "init", "--quiet", "--initial-branch=main")
    commit(house.root)
    return house


def test_one_has_every_answer_in_place_and_the_other_none(clone: House, capsys: Capture) -> None:
    """Work tree and index are not touched; each README says what the copy is."""
    git(clone.root, "rm", "--quiet", "--cached", VIEWS)
    clone.write(VIEWS, SOLVED)  # whoever hands the katas out has solved one
    source = commit(clone.root)
    os.utime(clone.root / "README.md", (1, 1))  # git would note that it has looked
    before = (clone.root / ".git/index").read_bytes()
    shared = {
        *(".gitignore", "README.md", "tox.ini", "katas/chapters.toml", VIEWS),
        *(f"katas/{KATA}/{name}" for name in ("README.md", "__init__.py", "kata.toml")),
        *(f"katas/{KATA}/models.py", f"dojo/stubs/{KATA}/views.py.txt"),
        f"tests/{KATA}/test_views.py",
    }
    for name, more, text in (
        ("solutions", {f"katas/{KATA}/hints.md"}, SOLVED),
        ("learners", set(), STUB.removeprefix("\n")),
    ):
        assert f"{name} is now " in said(capsys, "branch", name)
        branch = f"refs/heads/{name}"
        assert {*git(clone.root, "ls-tree", "-r", "--name-only", branch).split("\n")} == (
            shared | more
        )
        assert git(clone.root, "show", f"{branch}:{VIEWS}") == text.strip()
        assert git(clone.root, "show", f"{branch}:README.md").startswith("# Katas\n\n> **")
        assert "python -m pytest {posargs}" in git(clone.root, "show", f"{branch}:tox.ini")
    assert git(clone.root, "rev-parse", "refs/heads/solutions^") == source
    assert (clone.root / ".git/index").read_bytes() == before
    assert git(clone.root, "status", "--porcelain") == ""


def test_the_same_commit_is_made_by_everybody(
    clone: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """Also in a shallow clone with a detached HEAD, by another person, from within a hook."""
    made = {}
    for name in branches.NAMES:
        said(capsys, "branch", name)
        made[name] = git(clone.root, "rev-parse", f"refs/heads/{name}")
    before = refs(clone.root)
    assert "learners is up to date: " in said(capsys, "branch", "learners")
    assert refs(clone.root) == before

    other = tmp_path / "other"
    git(tmp_path, "clone", "--quiet", "--depth=1", clone.root.as_uri(), str(other))
    git(other, "switch", "--quiet", "--detach")
    git(other, "config", "user.name", "Grace")
    git(other, "config", "i18n.commitEncoding", "ISO-8859-1")
    monkeypatch.chdir(other)
    monkeypatch.setenv("GIT_DIR", str(clone.root / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(clone.root / ".git/index"))
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2000-01-01T00:00:00Z")
    for name in branches.NAMES:
        said(capsys, "branch", name)
    monkeypatch.delenv("GIT_DIR")
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert {name: git(other, "rev-parse", f"refs/heads/{name}") for name in made} == made


def test_a_newer_commit_moves_the_branch(clone: House, capsys: Capture) -> None:
    """What this command has made it replaces without asking."""
    for name in branches.NAMES:
        said(capsys, "branch", name)
    clone.append(f"tests/{KATA}/test_views.py", "\n# Better.\n")
    commit(clone.root)

    for name in branches.NAMES:
        assert f"{name} is now " in said(capsys, "branch", name)
        suite = git(clone.root, "show", f"refs/heads/{name}:tests/{KATA}/test_views.py")
        assert suite.endswith("# Better.")
        assert f"{name} is up to date" in said(capsys, "branch", name)


@pytest.mark.parametrize(
    "work",
    [
        ("commit", "--quiet", "--allow-empty", "-m", "Mine"),
        ("commit", "--quiet", "--amend", "--no-edit"),
        ("reset", "--quiet", "--hard", "main"),
    ],
    ids=["on top", "amended", "another"],
)
def test_work_of_others_is_kept(clone: House, capsys: Capture, work: tuple[str, ...]) -> None:
    """On top of what this command has made, in place of it, or on a branch of that name."""
    said(capsys, "branch", "solutions")
    git(clone.root, "switch", "--quiet", "solutions", "--")
    (clone.root / VIEWS).write_text("MINE = 1\n")
    git(clone.root, "add", VIEWS)
    git(clone.root, *work)
    git(clone.root, "switch", "--quiet", "main")
    theirs, before = git(clone.root, "rev-parse", "refs/heads/solutions"), refs(clone.root)

    refused = said(capsys, "branch", "solutions", code=2)
    assert "ends with a commit that this command did not make: " + theirs[:12] in refused
    assert "--force` replaces it, and keeps what was there as refs/dojo/kept/" in refused
    assert refs(clone.root) == before

    kept = f"refs/dojo/kept/solutions-{theirs[:12]}"
    assert f"What was there is kept as {kept}." in said(capsys, "branch", "solutions", "--force")
    assert git(clone.root, "rev-parse", kept) == theirs
    assert "up to date" in said(capsys, "branch", "solutions")


def dirty(house: House) -> None:
    house.append(VIEWS, "# Mine.\n")
    house.write("katas/new.py", "")


def outside(house: House) -> None:
    house.remove(".git")


def inside_another(house: House) -> None:
    house.remove(".git")
    git(house.root.parent, "init", "--quiet")


def without_a_commit(house: House) -> None:
    house.remove(".git")
    git(house.root, "init", "--quiet")


def in_use(house: House) -> None:
    """A branch that is not as it should be: one that is up to date may be checked out."""
    git(house.root, "branch", "learners")
    git(house.root, "worktree", "add", "--quiet", str(house.root / ".dojo/there"), "learners")


def below_its_name(house: House) -> None:
    git(house.root, "branch", "learners/mine")


def without_solutions(house: House) -> None:
    git(house.root, "rm", "--quiet", "-r", "solutions")


@pytest.mark.parametrize(
    ("mishap", "messages"),
    [
        (dirty, [f"these differ:\n   M {VIEWS}\n  ?? katas/new.py\nCommit them"]),
        (outside, ["this is no clone of the katas. ", "not a git repository"]),
        (inside_another, ["this is no clone of the katas; ", " is one around it.\n"]),
        (without_a_commit, ["this repository has no commit yet", "make the first."]),
        (in_use, ["The branch `learners` is checked out at ", "/there switch --detach` lets go"]),
        (below_its_name, ["`git update-ref` failed: ", "No branch has been moved."]),
        (without_solutions, ["This copy of the katas has no solutions: "]),
    ],
)
def test_what_is_in_the_way_is_said(
    clone: House, capsys: Capture, mishap: Callable[[House], None], messages: list[str]
) -> None:
    """With the next step, and nothing is changed."""
    mishap(clone)
    refused = said(capsys, "branch", "learners", code=2)

    assert all(message in refused for message in messages), refused
    if (clone.root / ".git").exists():
        assert "refs/heads/learners\n" not in refs(clone.root) or mishap is in_use


def test_a_kata_without_an_answer_is_named(clone: House, capsys: Capture) -> None:
    """It would stand unsolved among the solved ones."""
    clone.add_kata("k102_other", solutions=False)
    commit(clone.root)

    refused = said(capsys, "branch", "solutions", code=2)
    assert "solutions/k102_other/answer: there is no answer to this kata.\n" in refused
    assert "learners is now" in said(capsys, "branch", "learners")


def test_without_git_or_a_known_name_nothing_is_made(
    clone: House, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are said in one line."""
    with pytest.raises(SystemExit) as error:
        cli.main(["branch", "teachers"])
    assert error.value.code == 2
    assert "invalid choice: 'teachers'" in capsys.readouterr().err

    monkeypatch.setenv("PATH", str(clone.root))
    for words in (("branch", "learners"), ("branch", "--test", "learners")):
        assert "git is not installed here" in said(capsys, *words, code=2)


def test_a_repository_that_cannot_be_written_is_said(clone: House) -> None:
    """A disk that is full gets the same."""
    clone.furnish()
    commit(clone.root)
    objects = clone.root / ".git/objects"
    folders = [objects, *(path for path in objects.iterdir() if path.is_dir())]
    for folder in folders:
        folder.chmod(0o500)
    try:
        ended = clone.dojo("branch", "learners", unprivileged=True)
    finally:
        for folder in folders:
            folder.chmod(0o700)

    assert ended.code == 2
    assert "`git hash-object` failed: " in ended.err
    assert "No branch has been moved." in ended.err
    assert "learners" not in refs(clone.root)


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("end", [GitError("No space left on device", ""), Killed()], ids=repr)
def test_whatever_happens_on_the_way_the_old_branch_stays(
    clone: House, capsys: Capture, monkeypatch: pytest.MonkeyPatch, end: BaseException
) -> None:
    """And running the command again completes it."""
    git(clone.root, "branch", "learners")
    before, real = refs(clone.root), Repository.git
    for survived in range(50):
        left = iter(range(survived))

        def until_then(*words: object, left: Iterator[int] = left, **more: object) -> bytes:
            if next(left, None) is None:
                raise end
            return real(*words, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(Repository, "git", until_then)
        try:
            branches.make(clone.root, "learners", force=True)
        except (GitError, Killed):
            monkeypatch.setattr(Repository, "git", real)
            assert refs(clone.root) == before
        else:
            break
    monkeypatch.setattr(Repository, "git", real)

    assert survived > 10
    assert "up to date" in said(capsys, "branch", "learners")


def test_what_would_be_handed_out_can_be_tested(
    clone: House, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it is, committed or not, in a clone or not; no branch is made, nothing stays behind."""
    clone.furnish()
    commit(clone.root)
    before = refs(clone.root)

    # That it is 0 where all pass is what CI asks of this command with the katas that there are.
    clone.write(f"solutions/{KATA}/answer/views.py", views(total="0"))
    assert cli.main(["branch", "--test", "solutions", "--", "--no-summary"]) == 1
    out = capfd.readouterr().out
    assert "1 failed, 1 passed" in out
    assert "FAILED" not in out
    assert cli.main(["branch", "--test", "learners"]) == 0
    assert capfd.readouterr().out.endswith("1 of 1 katas fail as a stub should.\n")
    assert refs(clone.root) == before
    assert git(clone.root, "worktree", "list").count("\n") == 0

    clone.remove(".git")
    clone.write(f"dojo/stubs/{KATA}/views.py.txt", SOLVED)
    assert cli.main(["branch", "--test", "learners"]) == 1
    out = capfd.readouterr().out
    assert f"katas/{KATA}: the suite passes on the stub.\n" in out
    assert out.endswith("0 of 1 katas fail as a stub should.\n")


@pytest.fixture(scope="module")
def learners() -> Iterator[Path]:
    """Give a work tree of the learners' branch of this very repository."""
    with branches.checked_out(CLONE, "learners") as copy:
        yield copy


def test_no_answer_and_no_hint_can_be_found_by_a_learner(learners: Path) -> None:
    """In no object that the branch leads to: there is no history, and hints are not quoted."""
    found = [
        line.split(" ", 1) for line in git(learners, "rev-list", "--objects", "HEAD").split("\n")
    ]
    paths = {path for _, path in (line for line in found if len(line) == 2)}
    secrets = [
        *(path for path in (CLONE / "solutions").rglob("*") if path.is_file()),
        *(CLONE / "katas").glob("k*/hints.md"),
    ]
    katas = catalogue.load(CLONE)
    # An answer may hold a given file as it is.
    given = [
        path
        for kata in katas
        for path in kata.folder.rglob("*.py")
        if path.relative_to(kata.folder).as_posix() not in kata.edit
    ]
    levels = [text for kata in katas for texts in hints.load(kata).values() for text in texts]
    texts = {path: path.read_text(errors="replace") for path in learners.rglob("*.[mpt]*")}

    assert git(learners, "rev-list", "--count", "HEAD") == "1"
    assert len(secrets) > 1000
    assert {blob for blob, *_ in found} & {*ids(secrets)} <= {*ids(given)}
    assert not [path for path in paths if path.startswith(("solutions", "tests/dojo", ".ci"))]
    assert len(levels) > 300
    assert {
        f"{path}: {level}" for path, text in texts.items() for level in levels if level in text
    } == set()


def ids(files: list[Path]) -> list[str]:
    """Return the ids that git gives to the contents of *files*."""
    return git(CLONE, "hash-object", "--stdin-paths", data="\n".join(map(str, files))).split("\n")


def test_a_learner_can_do_all_that_needs_no_solutions(
    learners: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """What does need them says in one line that this copy has none; nothing is noted."""
    monkeypatch.chdir(learners)

    for words in (["list"], ["status"], ["brief", "k101"], ["reset", "k101"], ["jump", "k102"]):
        assert said(capsys, *words)
    assert said(capsys, "hint", code=2) == (
        "This copy of the katas has no hints; katas/k102_fan_out/README.md is the brief.\n"
    )
    for words in (
        *(["solution", "k101", "--give-up"], ["verify"], ["test"], ["branch", "learners"]),
        ["branch", "--test", "solutions"],
    ):
        assert said(capsys, *words, code=2).startswith("This copy of the katas has no solutions: ")
    assert "gave_up" not in (learners / ".dojo/progress.json").read_text()
    assert cli.main(["run", "k101"]) == 1
    assert "NotImplementedError: task 1" in capsys.readouterr().out


def test_every_kata_of_the_solutions_branch_holds_its_answer() -> None:
    """Beside its given files; plain tox knows the versions that the dojo is proved on."""
    with branches.checked_out(CLONE, "solutions") as copy:
        for kata in catalogue.load(CLONE):
            for name in kata.edit:
                answer = (kata.solutions / "answer" / name).read_bytes()
                assert (copy / "katas" / kata.slug / name).read_bytes() == answer
        assert not (copy / "solutions").exists()
        plain, ours = ((root / "tox.ini").read_text() for root in (copy, CLONE))
    versions = [line for line in ours.splitlines() if line.strip().startswith(("dj5", "dj6"))]
    assert versions
    assert [line for line in plain.splitlines() if "django>" in line] == versions
    assert "venv_redirect = false\n" in plain
    assert "venv_redirect = false\n" in ours
