"""Where in a submission the katas lie, and which of their files are taken.

A folder counts as a kata's if it has the kata's name, whatever the number, as in `k103_fan_out` for
`k102_fan_out` (progress and grades are keyed by name, too), and if it holds a file to be edited.
One inside a folder `katas` is preferred to others, then one with the right number. If a single kata
is asked for, its files may also lie bare, below two enclosing folders at most. Of two folders that
are equally good neither is taken.
"""

from __future__ import annotations

import functools
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from dojo.grading.intake import is_archive
from dojo.grading.members import (
    MB,
    MOST_FILE,
    PASSED_OVER,
    LeftOut,
    Member,
    Refused,
    listed,
    shown,
)
from dojo.model import Kata

MOST_FILES, MOST_BYTES = 1_000, 20 * MB
# Whatever `may_add` says, pytest or Python would obey these.
NEVER = {"__init__.py", "conftest.py", "sitecustomize.py", "usercustomize.py"}
TOO_LARGE = f"larger than {MOST_FILE // MB} MB"
IN_KATAS, ELSEWHERE, BARE = range(3)
BARE_BELOW = 2


@dataclass
class Place:
    """A folder of a submission that may be a kata's.

    Attributes:
        folder: Path from the top of the submission; empty for the top itself.
        rank: Kind of place, and whether its number is another; the lower, the better.
        files: Content of what a kata asks for, by name relative to the folder.
        seen: Names of what a kata asks for, taken or not.
        folded: Names that are taken, or to be expected, as file systems that ignore case have them.
        left: Names of files that were not taken, by reason.
    """

    kata: Kata
    folder: str
    rank: tuple[int, bool]
    files: dict[str, bytes] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    folded: set[str] = field(default_factory=set)
    left: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folded.update(map(folded, self.kata.edit))

    @property
    def counts(self) -> bool:
        """Tell whether the kata is handed in here."""
        sure = self.rank[0] == IN_KATAS or not self.files.keys().isdisjoint(self.kata.edit)
        return bool(self.files) and sure

    def why_not(self, name: str, member: Member) -> str:
        """Return why a file that the kata asks for is not taken; empty if it may be."""
        if member.trouble:
            return member.trouble
        if not name.isprintable():
            return "no name for a file"
        if member.size > MOST_FILE:
            return TOO_LARGE
        if name not in self.kata.edit and folded(name) in self.folded:
            return "differs from another in case alone"
        return ""

    def leave(self, name: str, reason: str) -> None:
        """Take note that a file is left out."""
        self.left.setdefault(reason, []).append(name)

    def notes(self) -> Iterator[str]:
        """Say what was left out, and where the kata was found if that is not to be expected."""
        if self.rank[1] and self.counts:
            yield f"{self.kata.slug}: taken from {shown(self.folder)}."
        for reason, names in self.left.items():
            yield f"{self.kata.slug}: left out, {reason}: {listed(names)}."


class Search:
    """Goes through the files of a submission once, and takes those that its katas ask for."""

    def __init__(self, katas: Sequence[Kata]) -> None:
        self.katas = {kata.name: kata for kata in katas}
        self.only = katas[0] if len(katas) == 1 else None
        names = "|".join(map(re.escape, self.katas))
        self.named = re.compile(rf"((?:.*/)?)(k[1-9][0-9]{{2}}_({names}))/(.+)", re.DOTALL)
        self.places: dict[tuple[str, str], Place] = {}
        self.troubles: dict[str, list[str]] = {}
        self.archives: list[str] = []
        self.count = self.bytes = 0

    def look_at(self, member: Member) -> None:
        """Take a file if a kata asks for it.

        Raises:
            Refused: It is there twice, or it is one too many.
        """
        if PASSED_OVER.search(member.path):
            return
        if match := self.named.fullmatch(member.path):
            above, folder, kata_name, name = match.groups()
            kata = self.katas[kata_name]
            inside = above == "katas/" or above.endswith("/katas/")
            rank = (IN_KATAS if inside else ELSEWHERE, folder != kata.slug)
            self.consider(kata, above + folder, rank, name, member)
        elif self.only and is_bare(self.only, member.path):
            folder, _, name = member.path.rpartition("/")
            self.consider(self.only, folder, (BARE, False), name, member)
        elif member.trouble:
            self.troubles.setdefault(member.trouble, []).append(member.path)
        elif is_archive(member.path):
            self.archives.append(member.path)

    def consider(
        self, kata: Kata, folder: str, rank: tuple[int, bool], name: str, member: Member
    ) -> None:
        """Take a file of a folder that may be a kata's, or take note that it is left out."""
        place = self.places.get((kata.slug, folder))
        if place is None:
            place = self.places[kata.slug, folder] = Place(kata, folder, rank)
        if not asks_for(kata, name):
            if name not in given(kata.folder):
                place.leave(name, "not asked for")
            return
        if name in place.seen:
            raise Refused(f"{shown(member.path)} is in it twice.")
        place.seen.add(name)
        if reason := place.why_not(name, member):
            place.leave(name, reason)
            return
        try:
            self.take(place, name, member.read())
        except LeftOut as left_out:
            place.leave(name, str(left_out))

    def take(self, place: Place, name: str, content: bytes) -> None:
        """Take a file.

        Raises:
            LeftOut: It is larger than was said.
            Refused: It is one too many.
        """
        if len(content) > MOST_FILE:
            raise LeftOut(TOO_LARGE)
        self.count += 1
        self.bytes += len(content)
        if self.count > MOST_FILES or self.bytes > MOST_BYTES:
            raise Refused(
                f"it holds more than {MOST_FILES:,} files or {MOST_BYTES // MB} MB in the folders "
                "of katas."
            )
        place.files[name] = content
        place.folded.add(folded(name))

    def chosen(self) -> dict[str, Place]:
        """Return where each kata is, by slug, in the order in which they were asked for.

        Raises:
            Refused: There is none, or more than one place for a kata.
        """
        found = {kata.slug: best(self.of(kata)) for kata in self.katas.values()}
        chosen = {slug: place for slug, place in found.items() if place}
        if chosen:
            return chosen
        if self.archives:
            raise Refused(
                "it holds no kata that was asked for, but archives, which are not opened: "
                f"{listed(self.archives)}. Unpack it once, and give the folder."
            )
        kata = next(iter(self.katas.values()))
        raise Refused(
            "it holds no file of a kata that was asked for. A submission has folders such as "
            f"{kata.slug} with {kata.edit[0]}."
        )

    def of(self, kata: Kata) -> list[Place]:
        """Return the places where a kata is handed in, the best first."""
        places = [place for place in self.places.values() if place.kata is kata and place.counts]
        return sorted(places, key=lambda place: (place.rank, place.folder))

    def notes(self) -> tuple[str, ...]:
        """Say what was left out, in the order of katas."""
        lines: list[str] = []
        for kata in self.katas.values():
            counting = self.of(kata)
            others = [place for place in self.places.values() if place.kata is kata]
            for place in counting[:1] or others:
                lines.extend(place.notes())
            passed_over = [place.folder for place in counting[1:] if place.rank[0] != BARE]
            if passed_over:
                lines.append(f"{kata.slug}: passed over, {listed(passed_over)}.")
        for reason, paths in self.troubles.items():
            lines.append(f"left out, {reason}: {listed(paths)}.")
        return tuple(lines)


def best(places: list[Place]) -> Place | None:
    """Return the first of *places* unless the second is as good; None if there is none."""
    if not places:
        return None
    equal = [place.folder or "." for place in places if place.rank == places[0].rank]
    if len(equal) > 1:
        raise Refused(f"it holds {places[0].kata.slug} more than once: {listed(equal)}. Leave one.")
    return places[0]


def asks_for(kata: Kata, name: str) -> bool:
    """Tell whether *name* is a file that a learner changes, or may add."""
    if name in kata.edit or not kata.may_add:
        return name in kata.edit
    path = PurePosixPath(name)
    return path.name not in NEVER and any(
        path.match(pattern) and len(path.parts) == len(PurePosixPath(pattern).parts)
        for pattern in kata.may_add
    )


def is_bare(kata: Kata, path: str) -> bool:
    """Tell whether *path* may be a file of the only kata that is asked for, out of its folder."""
    *above, name = path.split("/")
    return len(above) <= BARE_BELOW and "katas" not in above and asks_for(kata, name)


def folded(name: str) -> str:
    """Return *name* so that two which are one file on some systems are equal."""
    return unicodedata.normalize("NFC", name).casefold()


@functools.cache
def given(folder: Path) -> frozenset[str]:
    """Return the names of all files in a kata's folder: nobody needs to hear that one was there."""
    return frozenset(
        Path(at, name).relative_to(folder).as_posix()
        for at, _, names in os.walk(folder)
        for name in names
    )
