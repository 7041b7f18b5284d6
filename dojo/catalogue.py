"""From folders to katas: the only module that knows how katas are laid out on disk.

What a kata's metadata may say is described in CONTRIBUTING.md. Errors name the file, the rule that
it breaks and the remedy.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from dojo import curriculum, metadata
from dojo.model import Chapter, DojoError, ExitCode, Kata, Problem, Rejected, Solutions, Task

SLUG = re.compile(r"k[1-9][0-9]{2}_[a-z][a-z0-9_]*")
TASKS_HEADING = "## Tasks"
NUMBERED = re.compile(r"^(\d+)\. (?:\*\*(.+?)\.?\*\*)?")


class CatalogueError(DojoError):
    """The katas on disk break a rule of the house, or a kata that was named does not exist."""


def find_root(start: Path) -> Path:
    """Return the nearest folder at or above *start* that holds katas, else the dojo's own clone."""
    for folder in (start, *start.parents):
        if (folder / "katas" / "chapters.toml").is_file():
            return folder
    own = Path(__file__).resolve().parents[1]
    if (own / "katas" / "chapters.toml").is_file():
        return own
    raise CatalogueError(
        f"{start}: no katas here or above (katas/chapters.toml is missing).\n"
        "Change into your clone of the repository, then run the command again.",
        code=ExitCode.USAGE,
    )


def load(root: Path) -> tuple[Kata, ...]:
    """Return every kata below *root*, in order.

    Raises:
        CatalogueError: A folder or a metadata file breaks a rule; names all that do.
    """
    katas, problems = read(root)
    if problems:
        raise CatalogueError("\n\n".join(str(problem) for problem in problems))
    return katas


def read(root: Path) -> tuple[tuple[Kata, ...], tuple[Problem, ...]]:
    """Return the katas that can be read, and what is wrong with the others."""
    katas: list[Kata] = []
    problems: list[Problem] = []
    folders = [one for one in kata_folders(root / "katas") if not is_left_over(one)]
    for folder in folders:
        found = read_kata(root, folder)
        if isinstance(found, Kata):
            katas.append(found)
        else:
            problems.extend(found)
    slugs = {folder.name for folder in folders}
    lost = {
        folder.name: folder
        for parent in ("solutions", "tests")
        for folder in kata_folders(root / parent)
        if folder.name not in slugs
    }
    for slug, left in sorted(lost.items()):
        problems.append(
            Problem(
                f"katas/{slug}",
                f"this folder is gone; {relative(left, root)} is still there.",
                f"`git restore katas/{slug}` brings it back. If the kata is to go, remove "
                "its suite and its solutions, too.",
            )
        )
    problems.extend(curriculum.check_names(katas))
    problems.extend(curriculum.check_requires(katas, slugs | lost.keys()))
    return tuple(katas), tuple(problems)


def kata_folders(parent: Path) -> list[Path]:
    """Return the folders below *parent* that belong to katas, in the order of their numbers."""
    names = sorted(os.listdir(parent)) if parent.is_dir() else []  # paths are slow: each run asks
    folders = (parent / name for name in names if re.match("k[0-9]", name))
    return [folder for folder in folders if holds_files(folder)]


def holds_files(folder: Path) -> bool:
    """Tell whether there is more than Python's caches: Git removes files, and these stay."""
    return folder.is_dir() and any(name != "__pycache__" for name in os.listdir(folder))


def is_left_over(folder: Path) -> bool:
    """Tell whether a learner's files are all that is left of a kata which is no more."""
    return not any((folder / name).exists() for name in ("__init__.py", "kata.toml", "README.md"))


def chapters(root: Path) -> dict[int, Chapter]:
    """Return the chapters by number.

    Raises:
        CatalogueError: An entry is not a number with a title and a subtitle.
    """
    path = root / "katas" / "chapters.toml"
    try:
        return {
            int(number): Chapter(int(number), str(entry["title"]), str(entry["subtitle"]))
            for number, entry in parse_toml(path, root).items()
        }
    except (ValueError, KeyError, TypeError) as error:
        raise CatalogueError(
            f"{relative(path, root)}: an entry can't be used: {error!r}.\n"
            "Each is a table such as [1], with a `title` and a `subtitle`."
        ) from None


def read_kata(root: Path, folder: Path) -> Kata | list[Problem]:
    """Return the kata in *folder*, or what is wrong with it."""
    if not SLUG.fullmatch(folder.name):
        return [
            Problem(
                relative(folder, root),
                "this is not the name of a kata.",
                "Name it like k102_fan_out: k, chapter, two digits, then words in lower case.",
            )
        ]
    path = folder / "kata.toml"
    try:
        table = parse_toml(path, root)
        tasks = tuple(read_tasks(folder / "README.md", root))
    except CatalogueError as error:
        return [as_problem(error)]
    problems = list(metadata.check(table, relative(path, root)))
    if problems:
        return problems
    return Kata(
        slug=folder.name,
        tasks=tasks,
        folder=folder,
        suite=root / "tests" / folder.name,
        solutions=root / "solutions" / folder.name,
        **metadata.values(table),
    )


def as_problem(error: CatalogueError) -> Problem:
    """Return an error that names one file in the shape of a problem."""
    where, _, rest = str(error).partition(": ")
    what, _, remedy = rest.partition("\n")
    return Problem(where, what, remedy)


def parse_toml(path: Path, root: Path) -> dict[str, Any]:
    """Return the tables of *path*.

    Raises:
        CatalogueError: The file can't be read, or it is not TOML.
    """
    try:
        return tomllib.loads(read_text(path, root))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(
            f"{relative(path, root)}: this is not valid TOML: {error}.\n"
            "Mend that line, then run the command again."
        ) from None


def read_text(path: Path, root: Path) -> str:
    """Return what a file of the house holds.

    Raises:
        CatalogueError: It can't be read.
    """
    where = relative(path, root)
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CatalogueError(
            f"{where}: the file is missing.\n"
            f"`git restore {where}` brings it back. If it is yours to write: CONTRIBUTING.md says "
            "what it holds."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(
            f"{where}: the file can't be read: {error}.\nMake it a readable file in UTF-8."
        ) from None


def read_tasks(brief: Path, root: Path) -> Iterator[Task]:
    """Yield the numbered tasks of a brief, from the list below its heading "Tasks"."""
    below = read_text(brief, root).partition(f"\n{TASKS_HEADING}\n")[2]
    section = below.partition("\n## ")[0]
    tasks = [
        Task(int(match[1]), match[2] or "")
        for line in section.splitlines()
        if (match := NUMBERED.match(line))
    ]
    numbers = [task.number if task.title else 0 for task in tasks]
    if not tasks or numbers != [*range(1, len(tasks) + 1)]:
        raise CatalogueError(
            f'{relative(brief, root)}: there is no list of tasks, numbered from 1, below "Tasks".\n'
            f"Add the heading `{TASKS_HEADING}` and a line `1. **Title.**` for each task."
        )
    yield from tasks


def find(katas: Iterable[Kata], name: str) -> Kata:
    """Return the kata called *name*: a slug, a number (with or without k), or a bare name.

    A path says it as well, of any file in the kata's folder or suite.

    Raises:
        CatalogueError: There is none; says which is nearest.
    """
    slugs = {kata.slug: kata for kata in katas}
    for slug, kata in slugs.items():
        if is_called(slug, name) or slug in Path(name).parts:
            return kata
    labels = {label: slug for slug in slugs for label in labels_of(slug)}
    near = difflib.get_close_matches(bare(name), labels, 1)
    guess = labels[near[0]] if near else None
    raise CatalogueError(
        f"No kata is called {name!r}.\n"
        + (f"Did you mean {guess}? " if guess else "")
        + "`python3 -m dojo list` shows them all.",
        code=ExitCode.USAGE,
    )


def is_called(slug: str, name: str) -> bool:
    """Tell whether a reader who types *name* means *slug*."""
    return bare(name) in labels_of(slug)


def labels_of(slug: str) -> tuple[str, ...]:
    """Return what *slug* may be called, the whole of it first."""
    number, _, name = slug.partition("_")
    return slug, number, number[1:], name


def bare(name: str) -> str:
    """Return *name* without what completion in a shell adds, as in katas/k102_fan_out/."""
    return Path(name).name.lower()


def solutions(kata: Kata, root: Path) -> Solutions:
    """Return what stands in ``solutions/<kata>``.

    Raises:
        CatalogueError: ``rejected.toml`` is missing or is not valid.
    """
    path = kata.solutions / "rejected.toml"
    rejected = []
    for name, entry in parse_toml(path, root).items():
        if not isinstance(entry, dict) or {
            key: metadata.fits(value, str if key == "lesson" else list)
            for key, value in entry.items()
        } != {"caught_by": True, "lesson": True, "says": True}:
            raise CatalogueError(
                f"{relative(path, root)}: [{name}] is not a table of `caught_by`, `lesson` and "
                "`says`.\nGive it the names of the tests that must fail (a list), the lesson (a "
                "string), and words of the failure's message (a list)."
            )
        rejected.append(
            Rejected(
                name=name,
                folder=kata.solutions / "rejected" / name,
                caught_by=tuple(entry["caught_by"]),
                lesson=entry["lesson"],
                says=tuple(entry["says"]),
            )
        )
    return Solutions(
        answer=kata.solutions / "answer",
        accepted=tuple(subfolders(kata.solutions / "accepted")),
        rejected=tuple(rejected),
    )


def subfolders(folder: Path) -> list[Path]:
    """Return the folders directly below *folder*, sorted; none if it does not exist."""
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in found if path.is_dir() and path.name != "__pycache__")


def relative(path: Path, root: Path) -> str:
    """Return *path* as a reader would type it, from *root*."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return str(path)
