"""A new kata's skeleton: a small kata that works, with marks wherever its author has to write.

The templates lie below ``dojo/skeleton``, a text file for each file of a kata, with the names of
`string.Template`. `dojo.parts` reports the marks that are left.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from string import Template

from dojo import catalogue, reset
from dojo.model import Chapter, DojoError, ExitCode

TEMPLATES = Path(__file__).parent / "skeleton"
# What the skeleton's learner edits.
STUB = "views.py"
NUMBER = re.compile(r"k([1-9][0-9]{2})(?:_(.*))?")
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
# A reader who types it would mean another kata, or has left out a digit.
LIKE_NUMBER = re.compile(r"k[0-9]+(_|$)")
LONGEST_NAME = 30
LONGEST_TITLE = 60


@dataclass(frozen=True)
class Draft:
    """A kata that is to be made.

    Attributes:
        slug: Folder name, such as ``k305_my_kata``; free in every tree.
    """

    slug: str
    title: str

    @property
    def number(self) -> str:
        """Short name, such as ``k305``."""
        return self.slug.partition("_")[0]

    def folders(self, root: Path) -> dict[str, Path]:
        """Return where its parts go, by the folder below `TEMPLATES`; the stubs by ``stubs``."""
        return {
            "stubs": root / reset.STUBS / self.slug,
            "solutions": root / "solutions" / self.slug,
            "tests": root / "tests" / self.slug,
            # Last: from here on, everybody sees the kata.
            "katas": root / "katas" / self.slug,
        }


def draft(root: Path, word: str, *, chapter: int | None = None, title: str = "") -> Draft:
    """Return what a new kata is to be called.

    Args:
        word: Its name, ``my_kata``, or with its number, ``k305_my_kata``.
        chapter: Where it goes; may be left out if *word* has a number.
        title: By default the words of the name.

    Raises:
        DojoError: The name, the number or the title can't be used or is taken; there is no such
            chapter; this copy holds no solutions.
    """
    if not (root / "solutions").is_dir():
        raise refusal(
            f"{root}: there is no folder solutions/: this copy is for learners.",
            "Write katas in a clone of the whole repository.",
        )
    found = NUMBER.fullmatch(word)
    number, name = (found[1], found[2] or "") if found else ("", word)
    check_name(name, word)
    chapters = catalogue.chapters(root)
    if number and chapter is not None and int(number[0]) != chapter:
        raise refusal(
            f"k{number} is a number of chapter {number[0]}, not of {chapter}.",
            "Leave out the number or --chapter.",
        )
    if not number and chapter is None:
        raise refusal(f"Which chapter is {name} for?", f"Add `--chapter N`: {listed(chapters)}.")
    place = int(number[0]) if number else chapter
    if place not in chapters:
        raise refusal(
            f"There is no chapter {place}.",
            f"Use one of {listed(chapters)}; katas/chapters.toml is where a new one is added.",
        )
    taken = slugs(root)
    for other in taken:
        if name == other.partition("_")[2]:
            raise refusal(
                f"{other} has this name already, and progress is kept by name.",
                "Choose another name.",
            )
    number = number or next_number(place, taken)
    for other in taken:
        if other.startswith(f"k{number}_"):
            raise refusal(
                f"{other} has this number already.",
                f"The next that is free is k{next_number(int(number[0]), taken)}; without a "
                "number, you get it.",
            )
    new = Draft(f"k{number}_{name}", checked_title(title or name.replace("_", " ").capitalize()))
    for folder in new.folders(root).values():
        if folder.exists():
            raise refusal(
                f"{catalogue.relative(folder, root)}: this folder exists already.",
                "Nothing has been written. Remove it, or choose another name.",
            )
    return new


def refusal(what: str, remedy: str) -> DojoError:
    """Return an error about what the author has asked for."""
    return DojoError(f"{what}\n{remedy}", code=ExitCode.USAGE)


def check_name(name: str, word: str) -> None:
    """Refuse what can't be a folder, a package and a key of progress at once."""
    if NAME.fullmatch(name) and not LIKE_NUMBER.match(name) and len(name) <= LONGEST_NAME:
        return
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    near = LIKE_NUMBER.sub("", plain).lstrip("0123456789_")[:LONGEST_NAME].rstrip("_")
    near = near or "my_kata"
    raise refusal(
        f"{word!r} can't be the name of a kata.",
        f"Use words in lower case, joined by `_`, at most {LONGEST_NAME} characters: `{near}`; a "
        f"number goes before it, k with three digits: `k305_{near}`.",
    )


def checked_title(title: str) -> str:
    """Return *title*, which is to stand in TOML, Markdown and a docstring as it is."""
    if not title.isprintable() or set(title) & set('"\\') or len(title) > LONGEST_TITLE:
        raise refusal(
            f"{title!r} can't be a title.",
            f'Use one line of at most {LONGEST_TITLE} characters without " and \\.',
        )
    return title


def listed(chapters: dict[int, Chapter]) -> str:
    """Return the chapters as a reader chooses one."""
    return ", ".join(f"{number} ({one.title})" for number, one in sorted(chapters.items()))


def slugs(root: Path) -> list[str]:
    """Return all that has the name of a kata, in any tree: left-overs too."""
    parents = ("katas", "tests", "solutions", reset.STUBS)
    return sorted({folder.name for one in parents for folder in catalogue.kata_folders(root / one)})


def next_number(chapter: int, taken: list[str]) -> str:
    """Return the lowest number of *chapter* that is free, such as ``305``."""
    numbers = {slug[1:4] for slug in taken}
    for place in range(1, 100):
        if (number := f"{chapter}{place:02}") not in numbers:
            return number
    raise refusal(f"Chapter {chapter} is full.", "Add one to katas/chapters.toml.")


def write(root: Path, new: Draft) -> list[Path]:
    """Write the skeleton of *new*; return its folders.

    Raises:
        DojoError: It can't be written; then nothing is left of it.
    """
    moved: list[Path] = []
    try:
        with tempfile.TemporaryDirectory(prefix=f".{new.slug}-", dir=root) as scratch:
            fill(Path(scratch), new)
            for part, folder in new.folders(root).items():
                folder.parent.mkdir(parents=True, exist_ok=True)
                os.rename(Path(scratch, part), folder)
                moved.append(folder)
    except BaseException as error:
        for folder in moved:
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, OSError):
            raise DojoError(
                f"{error.filename2 or error.filename or root}: can't be written: "
                f"{error.strerror}.\nMake the folder writable or free some disk space, then run "
                "the command again. Nothing has been left behind."
            ) from None
        raise
    return moved


def fill(scratch: Path, new: Draft) -> None:
    """Write every part of *new* below *scratch*, by the names that `Draft.folders` has."""
    names = {"slug": new.slug, "number": new.number, "title": new.title}
    for template in sorted(TEMPLATES.rglob("*.txt")):
        file = scratch / template.relative_to(TEMPLATES).with_suffix("")
        file.parent.mkdir(parents=True, exist_ok=True)
        text = Template(template.read_text(encoding="utf-8")).substitute(names)
        file.write_text(text, encoding="utf-8")
    (scratch / "stubs").mkdir()
    shutil.copy(scratch / "katas" / STUB, scratch / "stubs" / f"{STUB}.txt")
