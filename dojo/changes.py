"""What a newer version of the katas changes in a learner's copy; looks only, and changes nothing.

A learner's files are those of `edit` and `may_add`, and what no version has brought. What an old
version had is known from ``.dojo/given.json``, which an update writes; before the first one, every
file below ``tests``, ``solutions``, ``docs`` and ``dojo`` counts as given, but for notes.

The plan may be made again after a kill at any step of carrying it out, and completes it: which
files a learner edits, and what their stubs were, is read from ``dojo/stubs``, the last to change.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from dojo import catalogue, edition, progress, reset
from dojo.copies import MARK, PARTS, Old, files, known, old_katas, same, stub_at
from dojo.model import DojoError, ExitCode, Kata

# Files that are likely to be somebody's own, where nobody knows what the old version brought.
NOTES = {".md", ".txt"}
BRIEFS = {"README.md", "hints.md"}


@dataclass
class Changes:
    """What is to be done, and what there is to say about it.

    Attributes:
        writes: Where each file that is to be written comes from, by its path from the root.
        removals: Paths of what is to go, in this order.
        dojo: The whole of the new ``dojo`` folder, if it differs.
        katas: What to say of each kata, by its folder's name.
        given: What the new version brings.
        known: What the old one brought; None if nobody knows.
        solved: Names of the katas that the learner has solved.
    """

    root: Path
    new: Path
    known: frozenset[str] | None
    solved: frozenset[str]
    writes: dict[str, Path] = field(default_factory=dict)
    removals: list[str] = field(default_factory=list)
    dojo: dict[str, Path] = field(default_factory=dict)
    katas: dict[str, list[str]] = field(default_factory=dict)
    given: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.writes or self.removals or self.dojo)

    def say(self, slug: str, line: str) -> None:
        """Add a line about a kata."""
        self.katas.setdefault(slug, []).append(line)

    def take(self, path: str, source: Path) -> None:
        """Have *source* in the place of *path*, unless that holds the same."""
        if not same(self.root / path, source):
            self.writes[path] = source

    def was_given(self, path: str) -> bool:
        """Tell whether the old version brought a file that the new one has not."""
        if self.known is not None:
            return path in self.known
        name = PurePosixPath(path)
        return name.suffix not in NOTES or name.name in BRIEFS or name.parts[0] == "docs"

    def replaced(self) -> list[str]:
        """Return the paths of all files that are there and will not stay as they are."""
        gone = [path for path in files(self.root, "dojo") if self.dojo and path not in self.dojo]
        new = [path for path, source in self.dojo.items() if not same(self.root / path, source)]
        return [*self.writes, *self.removals, *gone, *new]


def between(root: Path, new: Path) -> Changes:
    """Return what the version at *new* changes in the copy at *root*.

    Raises:
        DojoError: The new version is not whole.
    """
    katas = catalogue.load(new)
    # Without these it would take away what updates and starts the dojo.
    for path in (MARK, "dojo/__main__.py"):
        if (root / path).is_file() and not (new / path).is_file():
            raise not_whole(path)
    fresh = {path: new / path for path in files(new, *PARTS)}
    if not (root / "solutions").is_dir():
        fresh = {path: at for path, at in fresh.items() if not path.startswith("solutions/")}
    if not edition.has_hints(root):
        fresh = {path: at for path, at in fresh.items() if not path.endswith("/hints.md")}
    changes = Changes(root, new, known(root), solved(root))
    old = {kata.slug: kata for kata in old_katas(root)}
    edited = {f"katas/{kata.slug}/{name}" for kata in katas for name in kata.edit}
    changes.given = frozenset(fresh.keys() - edited)
    for kata in katas:
        before = old.get(kata.slug)
        moved = next((one for one in old.values() if is_moved(one, kata, katas)), None)
        describe(changes, kata, moved or before)
        plan_edits(changes, kata, before or moved)
        if moved:
            carry(changes, kata, moved)
    for path in sorted(changes.given):
        plan_given(changes, path, old)
    plan_removals(changes, old, {kata.slug: kata for kata in katas}, edited)
    plan_dojo(changes)
    return changes


def is_moved(old: Old, kata: Kata, katas: tuple[Kata, ...]) -> bool:
    """Tell whether *old* is *kata* under the number that it had before."""
    return old.slug.partition("_")[2] == kata.name and old.slug not in {one.slug for one in katas}


def solved(root: Path) -> frozenset[str]:
    """Return the names of the katas that are solved; none if the progress can't be read."""
    try:
        state = progress.load(root)
    except DojoError:
        return frozenset()
    return frozenset(name for name, entry in state.katas.items() if entry.solved)


def plan_edits(changes: Changes, kata: Kata, old: Old | None) -> None:
    """Plan what a learner edits: an untouched stub becomes the new one, all else stays."""
    for name in kata.edit:
        path = f"katas/{kata.slug}/{name}"
        stub = new_stub(changes, kata, name)
        there = changes.root / path
        if old is None or old.slug != kata.slug or not there.is_file():
            changes.take(path, stub)
            continue
        before = stub_at(changes.root, kata.slug, name)
        if old.edit is not None and name not in old.edit:
            changes.take(path, stub)
            changes.say(kata.slug, f"{name} was given, and is yours to edit now")
        elif same(there, before):
            changes.take(path, stub)
            if path in changes.writes:
                changes.say(kata.slug, f"{name} was untouched, and is the new stub now")
        elif not same(there, stub) and not same(before, stub):
            changes.say(kata.slug, stub_has_changed(kata, name))


def carry(changes: Changes, kata: Kata, old: Old) -> None:
    """Plan that a learner's files go along to the folder that the kata has now."""
    for path in files(changes.root, f"katas/{old.slug}"):
        name = path.removeprefix(f"katas/{old.slug}/")
        target, theirs = f"katas/{kata.slug}/{name}", changes.root / path
        there, stub = changes.root / target, stub_at(changes.root, old.slug, name)
        new = stub_at(changes.new, kata.slug, name) if name in kata.edit else None
        is_theirs = old.is_learners(name) or not (changes.known and path in changes.known)
        if same(theirs, stub) or not is_theirs or (new is None and target in changes.given):
            changes.removals.append(path)
            if old.edit and name in old.edit and not same(theirs, stub):
                changes.say(kata.slug, given_now(name))
        elif not there.is_file() or same(there, theirs) or (new is not None and same(there, new)):
            changes.writes.pop(target, None)
            changes.take(target, theirs)
            changes.removals.append(path)
            changes.say(kata.slug, f"your {name} has come along")
            if new is not None and not same(stub, new):
                changes.say(kata.slug, stub_has_changed(kata, name))
            if f"katas.{old.slug}" in theirs.read_text(encoding="utf-8", errors="replace"):
                changes.say(
                    kata.slug,
                    f"your {name} names katas.{old.slug}: write katas.{kata.slug} there",
                )
        else:
            changes.say(kata.slug, f"{target} is there already; your {path} stays, too")


def describe(changes: Changes, kata: Kata, old: Old | None) -> None:
    """Say what has changed about a kata besides the learner's files."""
    if old is None:
        changes.say(kata.slug, "new")
        return
    if old.slug != kata.slug:
        changes.say(kata.slug, f"was {old.slug}")
    if progress.fingerprint(changes.root / "tests" / old.slug) != progress.fingerprint(kata.suite):
        again = "; you have solved it: check again" if kata.name in changes.solved else ""
        changes.say(kata.slug, f"suite changed{again}")
    for name, what in (("README.md", "brief changed"), ("hints.md", "hints changed")):
        is_given = f"katas/{kata.slug}/{name}" in changes.given
        if is_given and not same(changes.root / "katas" / old.slug / name, kata.folder / name):
            changes.say(kata.slug, what)


def plan_given(changes: Changes, path: str, old: Mapping[str, Old]) -> None:
    """Plan a file that the new version brings and no learner edits."""
    folder, slug, name = [*path.split("/", 2), "", ""][:3]
    there = old.get(slug) if folder == "katas" else None
    known = changes.known or frozenset()
    if folder == "dojo":
        return
    if there and name and (changes.root / path).is_file() and path not in known:
        if there.edit is not None and name in there.edit:
            if not same(changes.root / path, stub_at(changes.root, slug, name)):
                changes.say(slug, given_now(name))
        elif any(map(PurePosixPath(name).match, there.may_add)):
            if not same(changes.root / path, changes.new / path):
                changes.say(slug, f"your {name} stays, where the kata brings a file of that name")
            return
    changes.take(path, changes.new / path)


def plan_removals(
    changes: Changes, old: Mapping[str, Old], katas: Mapping[str, Kata], edited: Collection[str]
) -> None:
    """Plan what goes: what the old version brought, and the new one does not."""
    brought = {tuple(path.split("/")[:2]) for path in changes.given}
    whole = {folder for folder, *_ in brought}
    names = {kata.name for kata in katas.values()}
    going: list[str] = []
    for path in files(changes.root, *PARTS):
        folder, second, name = [*path.split("/", 2), "", ""][:3]
        if path in changes.given or path in edited or folder == "dojo":
            continue
        if folder in {"tests", "solutions", "docs"}:
            # An edition without solutions, say, does not take away those of another one.
            ours = (
                folder == "docs"
                or (folder, second) in brought
                or catalogue.SLUG.fullmatch(second)
                or changes.known is not None
            )
            going += [path] if folder in whole and ours and changes.was_given(path) else []
        elif folder == "katas" and second in old and second not in katas:
            # Else `carry` has decided.
            if second.partition("_")[2] not in names:
                going += vanished(changes, old[second], path, name)
        elif changes.known and path in changes.known:
            learners = folder == "katas" and second in old and old[second].is_learners(name)
            going += [] if learners else [path]
    # The last of a kata's files to go is the one that says which of the others are the learner's.
    changes.removals = sorted([*changes.removals, *going], key=lambda path: path.endswith(".toml"))


def vanished(changes: Changes, old: Old, path: str, name: str) -> list[str]:
    """Return whether a file of a kata that is no more goes: not if a learner wrote it."""
    untouched = same(changes.root / path, stub_at(changes.root, old.slug, name))
    if untouched or (not old.is_learners(name) and changes.was_given(path)):
        if "gone" not in changes.katas.get(old.slug, []):
            changes.katas.setdefault(old.slug, []).insert(0, "gone")
        return [path]
    if old.edit is not None:
        changes.say(old.slug, f"your {path} stays")
    return []


def plan_dojo(changes: Changes) -> None:
    """Plan the tool itself: all of it or nothing, since half of a new version can't be run."""
    fresh = {path: changes.new / path for path in changes.given if path.startswith("dojo/")}
    mine = set(files(changes.root, "dojo"))
    # What somebody has put there stays there.
    own = mine - changes.known - fresh.keys() if changes.known else set()
    if fresh and (
        (mine - own) != fresh.keys()
        or any(not same(changes.root / path, source) for path, source in fresh.items())
    ):
        changes.dojo = fresh | {path: changes.root / path for path in own}


def stub_has_changed(kata: Kata, name: str) -> str:
    """Return the line for a file that stays, though its stub is another one."""
    where = (reset.STUBS / kata.slug / f"{name}.txt").as_posix()
    return f"your {name} stays; its stub has changed; {where} has the new one"


def given_now(name: str) -> str:
    """Return the line for a file that a learner edited, and does no more."""
    return f"{name} is given now; a copy of what you had written is kept"


def new_stub(changes: Changes, kata: Kata, name: str) -> Path:
    """Return the stub that the new version has for a file.

    Raises:
        DojoError: It has none.
    """
    path = stub_at(changes.new, kata.slug, name)
    if not path.is_file():
        raise not_whole(catalogue.relative(path, changes.new))
    return path


def not_whole(path: str) -> DojoError:
    """Return the error for a version that lacks a file, or what the file should say."""
    return DojoError(
        f"{path} is missing in the new version.\n"
        "Download it again, or tell whoever made it. Nothing has been changed.",
        code=ExitCode.USAGE,
    )
