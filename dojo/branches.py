"""What is handed out of the katas: a branch with every answer in place, and one with none.

Both are made of one commit, byte for byte the same whoever makes them. Of both is left out what
needs ``solutions/``: the tests of the dojo, its benchmarks, what contributors read and CI runs.
The learners' branch has no parent, so nothing that came before can be found in its history.
"""

from __future__ import annotations

import contextlib
import fnmatch
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dojo import catalogue, copies, edition, repository
from dojo.model import DojoError, ExitCode
from dojo.repository import Commit, Entry, Repository

SOLUTIONS, LEARNERS = "solutions", "learners"
NAMES = (LEARNERS, SOLUTIONS)
# CONTRIBUTING.md quotes a hint and a wrong answer, dojo/bench and dojo/skeleton have right ones of
# something near k102; the rest proves what stands in solutions/, or runs what does.
FOR_AUTHORS = (
    *("solutions/*", "tests/dojo/*", "dojo/bench/*", "dojo/skeleton/*", "CONTRIBUTING.md"),
    ".ci/*",
)
LEFT_OUT = {SOLUTIONS: FOR_AUTHORS, LEARNERS: (*FOR_AUTHORS, "katas/*/hints.md")}
NOTES = {
    SOLUTIONS: """
> **Every kata is solved here**: this is the branch `solutions`. `pytest` runs all suites on the
> reference answers, `tox` on every supported Django. `CONTRIBUTING.md`, the folder `solutions/` and
> the commands that need it (`solution`, `verify`, `new`, `test`, `branch`) are only in the full
> copy.
""",
    LEARNERS: """
> **This is the learners' copy**: the branch `learners`. Hints, `solutions/`, `CONTRIBUTING.md` and
> the commands that need them (`hint`, `solution`, `verify`, `new`, `test`, `branch`) are only in
> the full copy. Take a newer version with `python3 -m dojo update`.
""",
}
# In place of the one that proves the katas.
TOX_INI = """\
[tox]
min_version = 4.30
env_list =
    py313-dj61
    py312-dj60
    py311-dj52
skip_missing_interpreters = true
# Else tox leaves a file `.venv`, where `python3 -m dojo` has its folder.
venv_redirect = false

[testenv]
package = editable
deps =
    dj52: django>=5.2,<5.3
    dj60: django>=6.0,<6.1
    dj61: django>=6.1,<6.2
commands =
    python -m pytest {posargs}
"""
ANSWER = re.compile(r"solutions/([^/]+)/answer/(.+)")
STUB = re.compile(r"dojo/stubs/(.+)\.txt")
TRAILER = re.compile(r"^Dojo-([A-Z][a-z]+): (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Made:
    """A branch that is as it should be.

    Attributes:
        source: The commit that it is made of.
        moved: False if it was up to date.
        kept: Name of the ref that keeps what was there and was not ours; empty if nothing was.
    """

    name: str
    commit: str
    source: str
    moved: bool
    kept: str = ""


def make(root: Path, name: str, *, force: bool = False) -> Made:
    """Let the branch *name* hold what is to be handed out of the last commit.

    Work tree and index stay as they are; the branch is moved last, in one step.

    Args:
        force: Replace a branch with commits of others, and keep them under another name.

    Raises:
        DojoError: There is no such commit, files differ from it, or the branch is in use.
    """
    edition.require_solutions(root)
    ours = repository.at(root)
    source = ours.head()
    if differing := ours.dirty():
        raise not_committed(root, differing)
    old, new, kept = ours.tip(name), build(ours, name, source, source.tree), ""
    if new == old:
        return Made(name, new, source.id, moved=False)
    if place := ours.checked_out_at(name):
        raise DojoError(
            f"The branch `{name}` is checked out at {place}, so it can't be moved.\n"
            f"`git -C {place} switch --detach` lets go of it. Then run the command again.",
            code=ExitCode.USAGE,
        )
    if old and not is_made_by_us(ours.commit(old), name):
        kept = f"refs/dojo/kept/{name}-{old[:12]}"
        if not force:
            raise not_ours(ours.commit(old), name, kept)
    ours.move(name, new, old=old, keep=kept)
    return Made(name, new, source.id, moved=True, kept=kept)


@contextlib.contextmanager
def checked_out(root: Path, name: str) -> Iterator[Path]:
    """Give a temporary work tree of what the branch *name* would hold; no branch is made.

    It is made of the last commit, or of the files as they are where these differ or there is no
    commit to begin with.
    """
    edition.require_solutions(root)
    paths = list(copies.files(root, *copies.PARTS))
    with contextlib.ExitStack() as stack:
        try:
            ours = repository.at(root)
            source = ours.head()
        except repository.GitError:
            ours = stack.enter_context(repository.temporary(root, paths))
            source = ours.head()
        tree = ours.snapshot(paths) if ours.is_temporary or ours.dirty() else source.tree
        commit = build(ours, name, source, tree)
        yield stack.enter_context(repository.work_tree(ours, commit))


def build(ours: Repository, name: str, source: Commit, tree: str) -> str:
    """Store the commit that is handed out of *tree*, and return its id; no branch is moved."""
    files = contents(name, ours.files(tree))
    for path, text in (("README.md", None), ("tox.ini", TOX_INI)):
        if entry := files.get(path):
            new = annotated(ours.read(entry.blob), name) if text is None else text.encode()
            files[path] = Entry(entry.mode, ours.write(new))
    whole = ours.tree(files)
    message = (
        f"Katas {'with all answers' if name == SOLUTIONS else 'for learners'}\n\n"
        f"Made by `dojo branch {name}`; not to be edited.\n\n"
        f"Dojo-Branch: {name}\nDojo-Source: {source.id}\nDojo-Tree: {whole}\n"
    )
    return ours.make_commit(whole, parents(name, source.id), source.people, message)


def contents(name: str, files: Mapping[str, Entry]) -> dict[str, Entry]:
    """Return which of *files* a branch holds, where.

    Raises:
        DojoError: A kata has no answer.
    """
    found = {path: entry for path, entry in files.items() if not is_left_out(name, path)}
    if name == LEARNERS:
        # Whoever hands the katas out may have solved some.
        stubs = {f"katas/{m[1]}": files[m[0]] for path in files if (m := STUB.fullmatch(path))}
        return found | stubs
    answers = {
        (m[1], f"katas/{m[1]}/{m[2]}"): files[m[0]]
        for path in files
        if (m := ANSWER.fullmatch(path))
    }
    slugs = {path.split("/")[1] for path in found if path.startswith("katas/")}
    katas = {slug for slug in slugs if catalogue.SLUG.fullmatch(slug)}
    if missing := sorted(katas - {slug for slug, _ in answers}):
        raise DojoError(
            f"solutions/{missing[0]}/answer: there is no answer to this kata.\n"
            f"`python3 -m dojo verify {missing[0]}` says what else it lacks.",
            code=ExitCode.USAGE,
        )
    return found | {path: entry for (slug, path), entry in answers.items() if slug in katas}


def is_left_out(name: str, path: str) -> bool:
    """Tell whether a branch goes without a file."""
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in LEFT_OUT[name])


def annotated(readme: bytes, name: str) -> bytes:
    """Return a README that says below its title what this copy is."""
    title, _, rest = readme.partition(b"\n")
    return title + b"\n" + NOTES[name].encode() + rest


def parents(name: str, source: str) -> tuple[str, ...]:
    """Return the parents of a branch's only own commit."""
    return (source,) if name == SOLUTIONS else ()


def is_made_by_us(commit: Commit, name: str) -> bool:
    """Tell whether `make` has made a commit for *name*: not one on top of it, nor amended."""
    said = dict(TRAILER.findall(commit.message))
    return (
        said.get("Branch") == name
        and said.get("Tree") == commit.tree
        and parents(name, said.get("Source", "")) == commit.parents
    )


def not_committed(root: Path, differing: list[str]) -> DojoError:
    """Return the error for a work tree with something in it that the branch would lack."""
    most = 10
    lines = [f"  {line}" for line in differing[:most]]
    if more := len(differing) - most:
        lines += [f"  and {more} more"] if more > 0 else []
    return DojoError(
        f"{root}: a branch is made of the last commit, from which these differ:\n"
        + "\n".join(lines)
        + "\nCommit them, or put them aside with `git stash -u`. Then run the command again.",
        code=ExitCode.USAGE,
    )


def not_ours(tip: Commit, name: str, kept: str) -> DojoError:
    """Return the error for a branch on which somebody has worked."""
    subject = tip.message.partition("\n")[0]
    return DojoError(
        f"The branch `{name}` ends with a commit that this command did not make: "
        f"{tip.id[:12]} {subject}\n"
        f"`git branch -m {name} NAME` moves it out of the way. Or `python3 -m dojo branch {name} "
        f"--force` replaces it, and keeps what was there as {kept}.",
        code=ExitCode.USAGE,
    )
