"""From folders to katas: the only module that knows how katas are laid out on disk.

What a kata's metadata may say is described in CONTRIBUTING.md. Errors name the file, the rule that
it breaks and the remedy.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from dojo.model import Chapter, DojoError, ExitCode, Kata, Problem, Rejected, Solutions, Task

SLUG = re.compile(r"k[1-9][0-9]{2}_[a-z][a-z0-9_]*")
LEVELS = ("warm-up", "core", "advanced")
DATABASES = ("none", "memory", "file", "rowlock")
# Keys of kata.toml: type, and the default of those that may be left out.
KEYS: dict[str, tuple[type, Any]] = {
    "title": (str, None),
    "concepts": (list, None),
    "requires": (list, None),
    "edit": (list, None),
    "may_add": (list, ()),
    "minutes": (int, None),
    "level": (str, None),
    "points": (int, None),
    "django": (str, ">=5.2"),
    "python": (str, ">=3.11"),
    "database": (str, None),
    "sections": (list, None),
}
TASKS_HEADING = "## Tasks"
NUMBERED = re.compile(r"^(\d+)\. (.+)$")
HINT_HEADING = re.compile(r"^## Task (\d+): (.+)$")


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
    for folder in kata_folders(root):
        found = read_kata(root, folder)
        if isinstance(found, Kata):
            katas.append(found)
        else:
            problems.extend(found)
    problems.extend(check_requires(katas, {folder.name for folder in kata_folders(root)}))
    return tuple(katas), tuple(problems)


def kata_folders(root: Path) -> list[Path]:
    """Return the folders of all katas, in the order of their numbers."""
    return sorted(
        folder
        for folder in (root / "katas").glob("k[0-9]*")
        if folder.is_dir() and any(not path.name.startswith("__pyc") for path in folder.iterdir())
    )


def chapters(root: Path) -> dict[int, Chapter]:
    """Return the chapters by number."""
    table = parse_toml(root / "katas" / "chapters.toml", root)
    return {
        int(number): Chapter(int(number), entry["title"], entry["subtitle"])
        for number, entry in table.items()
    }


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
    metadata = folder / "kata.toml"
    try:
        table = parse_toml(metadata, root)
        tasks = tuple(read_tasks(folder / "README.md", root))
    except CatalogueError as error:
        where, _, rest = str(error).partition(": ")
        what, _, remedy = rest.partition("\n")
        return [Problem(where, what, remedy)]
    problems = list(check_table(table, relative(metadata, root)))
    if problems:
        return problems
    values = {key: table.get(key, default) for key, (_, default) in KEYS.items()}
    return Kata(
        slug=folder.name,
        tasks=tasks,
        folder=folder,
        suite=root / "tests" / folder.name,
        solutions=root / "solutions" / folder.name,
        **{key: tuplify(value) for key, value in values.items()},
    )


def tuplify(value: Any) -> Any:
    """Return a list as a tuple, so that what holds it can be frozen; anything else as it is."""
    return tuple(value) if isinstance(value, list) else value


def parse_toml(path: Path, root: Path) -> dict[str, Any]:
    """Return the tables of *path*.

    Raises:
        CatalogueError: There is no such file, or it is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CatalogueError(
            f"{relative(path, root)}: the file is missing.\n"
            "Every kata has one; CONTRIBUTING.md says what it holds."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(
            f"{relative(path, root)}: this is not valid TOML: {error}.\n"
            "Mend that line, then run the command again."
        ) from None


def read_tasks(brief: Path, root: Path) -> Iterator[Task]:
    """Yield the numbered tasks of a brief, from the list below its heading "Tasks"."""
    if not brief.is_file():
        raise CatalogueError(
            f"{relative(brief, root)}: the file is missing.\nEvery kata has a brief; write it."
        )
    _, found, below = brief.read_text(encoding="utf-8").partition(f"\n{TASKS_HEADING}\n")
    section = below.partition("\n## ")[0]
    tasks = [
        Task(int(match[1]), match[2].strip().strip("*").rstrip("."))
        for line in section.splitlines()
        if (match := NUMBERED.match(line))
    ]
    if not found or not tasks or [task.number for task in tasks] != [*range(1, len(tasks) + 1)]:
        raise CatalogueError(
            f'{relative(brief, root)}: there is no list of tasks, numbered from 1, below "Tasks".\n'
            f"Add the heading `{TASKS_HEADING}` and a line `1. **Title.**` for each task."
        )
    yield from tasks


def check_table(table: dict[str, Any], where: str) -> Iterator[Problem]:
    """Yield what is wrong with the keys and values of a ``kata.toml``."""
    for key in table.keys() - KEYS.keys():
        near = difflib.get_close_matches(key, KEYS, 1)
        yield Problem(
            where,
            f"`{key}` is not a key of kata.toml.",
            f"Did you mean `{near[0]}`?" if near else "Remove it.",
        )
    for key, (kind, default) in KEYS.items():
        if key not in table:
            if default is None:
                yield Problem(where, f"`{key}` is missing.", f"Add `{key} = …`.")
        elif type(table[key]) is not kind or (
            kind is list and not all(isinstance(item, str) for item in table[key])
        ):
            wanted = {str: "a string", int: "a whole number", list: "a list of strings"}[kind]
            yield Problem(where, f"`{key}` is {table[key]!r}.", f"Make it {wanted}.")
    for key, allowed in (("level", LEVELS), ("database", DATABASES)):
        value = table.get(key)
        if isinstance(value, str) and value not in allowed:
            yield Problem(where, f"`{key}` is {value!r}.", f"Use one of {', '.join(allowed)}.")


def check_requires(katas: Iterable[Kata], slugs: set[str]) -> Iterator[Problem]:
    """Yield requirements that name no kata, and circles among those that do."""
    graph = {kata.slug: kata.requires for kata in katas}
    for slug, required in graph.items():
        where = f"katas/{slug}/kata.toml"
        for other in required:
            if other not in slugs:
                near = difflib.get_close_matches(other, slugs, 1)
                yield Problem(
                    where,
                    f"`requires` names {other!r}, which does not exist.",
                    f"Did you mean {near[0]!r}?" if near else "Remove it.",
                )
        if slug in reachable(graph, required):
            yield Problem(
                where,
                "`requires` leads back to this kata.",
                "Remove one of the requirements that make the circle.",
            )


def reachable(graph: dict[str, tuple[str, ...]], start: Iterable[str]) -> set[str]:
    """Return all that can be reached from *start* along the edges of *graph*."""
    seen: set[str] = set()
    ahead = list(start)
    while ahead:
        node = ahead.pop()
        if node not in seen:
            seen.add(node)
            ahead.extend(graph.get(node, ()))
    return seen


def find(katas: Iterable[Kata], name: str) -> Kata:
    """Return the kata called *name*: a slug, a number (with or without k), or a bare name.

    Raises:
        CatalogueError: There is none; says which is nearest.
    """
    katas = tuple(katas)
    # A path is what completion in a shell leaves behind: katas/k102_fan_out/
    wanted = Path(name).name.lower()
    for kata in katas:
        if wanted in {kata.slug, kata.number, kata.number[1:], kata.name}:
            return kata
    known = [label for kata in katas for label in (kata.slug, kata.number, kata.name)]
    near = difflib.get_close_matches(wanted, known, 1, cutoff=0.4)
    guess = find(katas, near[0]).slug if near else None
    raise CatalogueError(
        f"No kata is called {name!r}.\n"
        + (f"Did you mean {guess}? " if guess else "")
        + "`python3 -m dojo list` shows them all.",
        code=ExitCode.USAGE,
    )


def solutions(kata: Kata, root: Path) -> Solutions:
    """Return what stands in ``solutions/<kata>``.

    Raises:
        CatalogueError: ``rejected.toml`` is missing or is not valid.
    """
    path = kata.solutions / "rejected.toml"
    table = parse_toml(path, root)
    rejected = []
    for name, entry in table.items():
        try:
            rejected.append(
                Rejected(
                    name=name,
                    folder=kata.solutions / "rejected" / name,
                    caught_by=tuple(entry["caught_by"]),
                    lesson=entry["lesson"],
                    says=tuple(entry["says"]),
                )
            )
        except (KeyError, TypeError):
            raise CatalogueError(
                f"{relative(path, root)}: [{name}] lacks `caught_by`, `lesson` or `says`.\n"
                "Name the tests that must fail, the lesson, and words of the failure's message."
            ) from None
    return Solutions(
        answer=kata.solutions / "answer",
        accepted=tuple(subfolders(kata.solutions / "accepted")),
        rejected=tuple(rejected),
    )


def hint_headings(path: Path) -> list[Task]:
    """Return the tasks that the headings of a ``hints.md`` name, in file order."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return [
        Task(int(match[1]), match[2].strip())
        for line in lines
        if (match := HINT_HEADING.match(line))
    ]


def subfolders(folder: Path) -> list[Path]:
    """Return the folders directly below *folder*, sorted; none if it does not exist."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir() and path.name != "__pycache__")


def relative(path: Path, root: Path) -> str:
    """Return *path* as a reader would type it, from *root*."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return str(path)
