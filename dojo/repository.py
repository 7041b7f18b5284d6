"""Git's plumbing: trees and commits made beside the work tree, and branches moved in one step.

Nothing here touches the work tree or the index of whoever works in it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dojo.model import DojoError, ExitCode

# What git sets for its hooks, and would lead us to another repository or index.
LOCAL = ("DIR", "WORK_TREE", "INDEX_FILE", "COMMON_DIR", "OBJECT_DIRECTORY", "PREFIX", "NAMESPACE")
# Neither hooks nor signatures nor conversions: the same commit wherever it is made.
PLAIN = ("core.hooksPath=/dev/null", "core.autocrlf=false", "advice.detachedHead=false")


class GitError(DojoError):
    """Git has refused something."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}\n{remedy}", code=ExitCode.USAGE)


@dataclass(frozen=True)
class Entry:
    """What stands behind a path: a mode such as ``100644``, and the id of a blob."""

    mode: str
    blob: str


@dataclass(frozen=True)
class Commit:
    """A commit, taken apart.

    Attributes:
        people: The header's lines on author and committer, with their dates, and on the encoding.
    """

    id: str
    tree: str
    parents: tuple[str, ...]
    people: bytes
    message: str


class Repository:
    """The repository whose work tree is *root*.

    Args:
        folder: Where its objects are, if not in the work tree.
    """

    def __init__(self, root: Path, folder: Path | None = None) -> None:
        self.root = root
        self.is_temporary = folder is not None
        place = ("--git-dir", str(folder), "--work-tree", str(root)) if folder else ()
        self.at = ("-C", str(root), *place)

    def git(self, *words: str, data: bytes = b"", index: Path | None = None) -> bytes:
        """Run git to its end, and return what it printed.

        Args:
            data: What it reads.
            index: The index that it uses in place of the work tree's.

        Raises:
            GitError: It failed; says what it said.
        """
        settings = [word for setting in PLAIN for word in ("-c", setting)]
        local = {f"GIT_{name}" for name in LOCAL}
        environ = {name: text for name, text in os.environ.items() if name not in local}
        environ |= {"LC_ALL": "C"} | ({"GIT_INDEX_FILE": str(index)} if index else {})
        try:
            done = subprocess.run(  # noqa: S603 - our own words
                # Else `git status` would write what it has found out to the index.
                [program(), "--no-optional-locks", *self.at, *settings, *words],
                input=data,
                capture_output=True,
                env=environ,
            )
        except OSError as error:
            raise failed(words, str(error)) from error
        if done.returncode:
            raise failed(words, done.stderr.decode(errors="replace"))
        return done.stdout

    def line(self, *words: str, data: bytes = b"", index: Path | None = None) -> str:
        """Return the one line that git prints."""
        return self.git(*words, data=data, index=index).decode(errors="surrogateescape").strip()

    def head(self) -> Commit:
        """Return the commit that is checked out, on a branch or not.

        Raises:
            GitError: There is none yet.
        """
        try:
            return self.commit(self.line("rev-parse", "--verify", "--quiet", "HEAD^{commit}"))
        except GitError:
            raise GitError(
                f"{self.root}: this repository has no commit yet, and a branch is made from one.",
                "`git add .` and `git commit` make the first. Then run the command again.",
            ) from None

    def commit(self, name: str) -> Commit:
        """Return the commit called *name*."""
        header, _, message = self.git("cat-file", "commit", name).partition(b"\n\n")
        lines = [line.partition(b" ") for line in header.splitlines()]
        return Commit(
            id=self.line("rev-parse", "--verify", f"{name}^{{commit}}"),
            tree=next(value for key, _, value in lines if key == b"tree").decode(),
            parents=tuple(value.decode() for key, _, value in lines if key == b"parent"),
            people=b"".join(
                b"%s %s\n" % (key, value)
                for key, _, value in lines
                if key in {b"author", b"committer", b"encoding"}
            ),
            message=message.decode(errors="replace"),
        )

    def dirty(self) -> list[str]:
        """Return what differs from the last commit, new files too, as ``git status`` has it."""
        said = self.git("status", "--porcelain", "--untracked-files=normal", "--no-renames", "-z")
        return [line.decode(errors="replace") for line in said.split(b"\0") if line]

    def files(self, tree: str) -> dict[str, Entry]:
        """Return what a tree holds, by path."""
        found = {}
        for line in self.git("ls-tree", "-r", "-z", tree).split(b"\0"):
            if line:
                about, _, path = line.partition(b"\t")
                mode, _, blob = about.decode().split(" ")
                found[os.fsdecode(path)] = Entry(mode, blob)
        return found

    def read(self, blob: str) -> bytes:
        """Return the content of a file."""
        return self.git("cat-file", "blob", blob)

    def write(self, content: bytes) -> str:
        """Store the content of a file; return its id."""
        return self.line("hash-object", "-w", "--stdin", data=content)

    def tree(self, files: Mapping[str, Entry]) -> str:
        """Store a tree; return its id."""
        lines = [
            f"{entry.mode} {entry.blob}\t".encode() + os.fsencode(path) + b"\0"
            for path, entry in sorted(files.items())
        ]
        with self.index() as index:
            self.git("update-index", "-z", "--index-info", data=b"".join(lines), index=index)
            return self.line("write-tree", index=index)

    def snapshot(self, paths: Iterable[str]) -> str:
        """Store files of the work tree as they are now; return the id of their tree."""
        data = b"".join(os.fsencode(path) + b"\0" for path in paths)
        with self.index() as index:
            self.git("update-index", "--add", "-z", "--stdin", data=data, index=index)
            return self.line("write-tree", index=index)

    @contextlib.contextmanager
    def index(self) -> Iterator[Path]:
        """Give the place of an index that nobody else uses."""
        with tempfile.TemporaryDirectory(prefix="dojo-") as folder:
            yield Path(folder, "index")

    def make_commit(self, tree: str, parents: Iterable[str], people: bytes, message: str) -> str:
        """Store a commit; return its id, which hangs on nothing but the arguments."""
        # Not `commit-tree`, which would read names and dates, and refuse some that are there.
        header = [f"tree {tree}\n", *(f"parent {parent}\n" for parent in parents)]
        content = "".join(header).encode() + people + f"\n{message}".encode()
        return self.line("hash-object", "-t", "commit", "-w", "--stdin", data=content)

    def tip(self, branch: str) -> str:
        """Return the id of a branch's last commit; empty if there is no such branch."""
        return self.of_branch(branch, "%(objectname)")

    def checked_out_at(self, branch: str) -> str:
        """Return the folder of the work tree that is on a branch; empty if none is."""
        return self.of_branch(branch, "%(worktreepath)")

    def of_branch(self, branch: str, field: str) -> str:
        """Return a field of ``git for-each-ref``; empty if there is no such branch."""
        said = self.line("for-each-ref", f"--format=%(refname) {field}", f"refs/heads/{branch}")
        # It lists the branches that begin with this name and a slash as well.
        names = dict(line.partition(" ")[::2] for line in said.splitlines())
        return names.get(f"refs/heads/{branch}", "")

    def move(self, branch: str, to: str, *, old: str, keep: str = "") -> None:
        """Let a branch end at another commit: all of it, or nothing.

        Args:
            old: Where it has to end now; empty if there must be no such branch.
            keep: Name of a ref that is to keep *old*.
        """
        lines = [f"update {keep} {old}\n"] if keep else []
        ref = f"refs/heads/{branch}"
        lines.append(f"update {ref} {to} {old}\n" if old else f"create {ref} {to}\n")
        words = ("update-ref", "-m", f"dojo branch {branch}", "--stdin")
        self.git(*words, data="".join(lines).encode())


def program() -> str:
    """Return the path of git.

    Raises:
        GitError: It is not installed.
    """
    if path := shutil.which("git"):
        return path
    raise GitError(
        "git is not installed here, and branches are made with it.",
        "Install it (`apt install git`, `brew install git`), then run the command again.",
    )


def at(root: Path) -> Repository:
    """Return the repository whose work tree is *root*, and not a folder of it.

    Raises:
        GitError: There is none.
    """
    program()
    repository = Repository(root)
    remedy = "Change into a clone of the repository, then run the command again."
    try:
        top = repository.line("rev-parse", "--show-toplevel")
    except GitError as error:
        why = str(error).partition("\n")[0]
        raise GitError(f"{root}: this is no clone of the katas. {why}", remedy) from None
    # The katas may lie, without a history of their own, inside a clone of something else.
    if not top or not os.path.samefile(top, root):
        raise GitError(f"{root}: this is no clone of the katas; {top} is one around it.", remedy)
    return repository


@contextlib.contextmanager
def temporary(root: Path, paths: Iterable[str]) -> Iterator[Repository]:
    """Give a repository for the files at *root* where there is none, with one commit of them."""
    with tempfile.TemporaryDirectory(prefix="dojo-", ignore_cleanup_errors=True) as folder:
        repository = Repository(root, Path(folder, "git"))
        repository.git("init", "--quiet", "--template=")
        nobody = b"author dojo <> 0 +0000\ncommitter dojo <> 0 +0000\n"
        commit = repository.make_commit(repository.snapshot(paths), (), nobody, "As it is\n")
        repository.git("update-ref", "HEAD", commit)
        yield repository


@contextlib.contextmanager
def work_tree(repository: Repository, commit: str) -> Iterator[Path]:
    """Give a folder with a commit checked out, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="dojo-", ignore_cleanup_errors=True) as folder:
        place = Path(folder).resolve() / "copy"
        repository.git("worktree", "add", "--quiet", "--detach", str(place), commit)
        try:
            yield place
        finally:
            # What was started there may still write; git forgets a folder that is gone by itself.
            with contextlib.suppress(GitError):
                repository.git("worktree", "remove", "--force", str(place))


def failed(words: tuple[str, ...], said: str) -> GitError:
    """Return the error for a command of git that did not do what it was to do."""
    return GitError(
        f"`git {words[0]}` failed: {' '.join(said.split()) or 'it gave no reason'}",
        "No branch has been moved. Mend that, then run the command again.",
    )
