"""Which submissions there are, and what each is called.

What is given is a submission (a folder, or an archive), or a folder of submissions. A folder is a
submission if it holds a folder `katas` or one of a kata, or files alone, with a Python file and no
archive among them. Else each file and each folder in it is one, but for hidden files and for lists
and reports of the instructor's own (`NOT_HANDED_IN`). A folder in it that holds one archive and
nothing else, as Moodle exports them, stands for this archive.

A submission is called as its file or folder, without the ending, unless a list says otherwise.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dojo import catalogue
from dojo.grading.members import plain, shown
from dojo.model import DojoError, ExitCode

SUFFIX = re.compile(r"\.(zip|bundle|tar|tar\.(gz|bz2|xz)|tgz|tbz2?|txz)$", re.IGNORECASE)
NOT_HANDED_IN = {".csv", ".html", ".json", ".md", ".txt", ".xml"}
FILE_COLUMNS, NAME_COLUMN = ("file", "path"), "name"
LONGEST_NAME = 200
MOST_PROBLEMS = 10


@dataclass(frozen=True)
class Source:
    """One submission.

    Attributes:
        name: What it is called; unique in a call, and fit to be shown.
        path: A folder, a zip, a tar (.gz, .bz2, .xz) or a git bundle.
    """

    name: str
    path: Path


def sources(paths: Sequence[Path], names: Path | None = None) -> list[Source]:
    """Return the submissions that *paths* stand for, in this order, those of a folder by name.

    Args:
        names: A CSV file in UTF-8, divided by commas or semicolons, with the columns `file` (or
            `path`) and `name`: what each submission is called. A file is named as in its folder,
            with or without its ending, or by its path from here or from the list.

    Raises:
        DojoError: A path does not exist or holds no submission; two have the same name; or the list
            names one that is not there, one twice, or not all.
    """
    # The same file, reached in two ways, is one submission.
    found = list({one.path: one for path in paths for one in at(path)}.values())
    if names is not None:
        found = renamed(found, names)
    check_unique(found)
    return found


def at(path: Path) -> Iterator[Source]:
    """Yield the submissions that *path* stands for."""
    try:
        # Who names a link means what it points to; a link in a folder of submissions is refused.
        real = path.expanduser().resolve(strict=True)
        if not real.is_dir() or is_submission(real):
            yield Source(name_of(real), real)
            return
        entries = [one for one in visible(real) if one.suffix.lower() not in NOT_HANDED_IN]
    except (OSError, RuntimeError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no such file or folder"
        raise DojoError(
            f"{plain(str(path))}: this can't be read: {why}.\n"
            "Give submissions, or the folder that they are in.",
            code=ExitCode.USAGE,
        ) from None
    if not entries:
        raise DojoError(
            f"{plain(str(path))}: there is no submission in this folder.\n"
            "Give a folder or an archive with katas, or the folder that several are in.",
            code=ExitCode.USAGE,
        )
    for entry in entries:
        yield Source(name_of(entry), only_archive(entry) or entry)


def is_submission(folder: Path) -> bool:
    """Tell whether *folder* itself holds katas."""
    entries = visible(folder)
    if any(one.name == "katas" or catalogue.SLUG.fullmatch(one.name) for one in entries):
        return True
    alone = not any(one.is_dir() or is_archive(one.name) for one in entries)
    return alone and any(one.suffix == ".py" for one in entries)


def only_archive(folder: Path) -> Path | None:
    """Return the archive that is all that *folder* holds."""
    try:
        if folder.is_symlink() or not folder.is_dir():
            return None
        entries = visible(folder)
    except OSError:  # whoever unpacks it says so
        return None
    return entries[0] if len(entries) == 1 and is_archive(entries[0].name) else None


def visible(folder: Path) -> list[Path]:
    """Return what is in *folder*, by name, without hidden files."""
    return sorted(one for one in folder.iterdir() if not one.name.startswith((".", "__MACOSX")))


def is_archive(name: str) -> bool:
    """Tell whether a file of this name may be an archive."""
    return SUFFIX.search(name) is not None


def name_of(path: Path) -> str:
    """Return what the submission at *path* is called by default."""
    return plain(SUFFIX.sub("", path.name) or path.name, LONGEST_NAME)


def check_unique(found: Sequence[Source]) -> None:
    """Refuse two submissions of the same name."""
    by_name = defaultdict(list)
    for source in found:
        by_name[source.name].append(source)
    for name, same in by_name.items():
        if len(same) > 1:
            first, second = (plain(str(one.path)) for one in same[:2])
            raise DojoError(
                f"Two submissions are called {shown(name)}: {first} and {second}.\n"
                "Remove one, or give a list of names.",
                code=ExitCode.USAGE,
            )


def renamed(found: Sequence[Source], names: Path) -> list[Source]:
    """Return the submissions with the names of a list."""
    problems: list[str] = []
    called: dict[Path, tuple[int, str]] = {}
    rows: dict[str, int] = {}
    known = labels(found, names.parent)
    for row, file, name in read_names(names):
        paths = known.get(os.path.normpath(file), set())
        if not name or not name.isprintable():
            problems.append(f"row {row}: {shown(name)} is no name.")
        elif len(name) > LONGEST_NAME:
            problems.append(f"row {row}: the name is longer than {LONGEST_NAME} characters.")
        elif name in rows:
            problems.append(f"row {row}: row {rows[name]} has the name {shown(name)}, too.")
        elif not file or not paths:
            problems.append(f"row {row}: there is no submission {shown(file)}.")
        elif len(paths) > 1:
            problems.append(f"row {row}: several are called {shown(file)}. Write the path.")
        elif (path := next(iter(paths))) in called:
            problems.append(f"row {row}: row {called[path][0]} names {shown(file)}, too.")
        else:
            called[path] = row, name
        rows.setdefault(name, row)
    if not problems:
        left = [one.path for one in found if one.path not in called]
        problems = [f"no row names {shown(str(path))}." for path in left]
    if problems:
        more = len(problems) - MOST_PROBLEMS
        raise wrong_list(names, problems[:MOST_PROBLEMS] + [f"and {more} more."] * (more > 0))
    return [replace(one, name=called[one.path][1]) for one in found]


def labels(found: Sequence[Source], beside: Path) -> Mapping[str, set[Path]]:
    """Return what a list may write for each submission, with those that it may mean."""
    known = defaultdict(set)
    for source in found:
        for label in (source.name, source.path.name, str(source.path)):
            known[label].add(source.path)
        for start in (Path.cwd(), beside.resolve()):
            known[os.path.relpath(source.path, start)].add(source.path)
    return known


def read_names(names: Path) -> Iterator[tuple[int, str, str]]:
    """Yield row, file and name for each line of a list; the row of the heading is 1."""
    try:
        # Excel writes a mark in front, and semicolons in much of Europe.
        text = names.expanduser().read_text(encoding="utf-8-sig")
    except OSError as error:
        raise wrong_list(names, [f"it can't be read: {error.strerror}."]) from None
    except UnicodeDecodeError:
        raise wrong_list(names, ["it is not in UTF-8. Save it as CSV UTF-8."]) from None
    first = text.partition("\n")[0]
    divider = ";" if ";" in first else ","
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=divider, strict=True)
    try:
        heading = [cell.strip().lower() for cell in next(lines, [])]
        column = next((one for one in FILE_COLUMNS if one in heading), None)
        if column is None or NAME_COLUMN not in heading:
            raise wrong_list(names, ["row 1: there are no columns `file` and `name`."])
        for cells in lines:
            if not any(map(str.strip, cells)):
                continue
            if len(cells) != len(heading):
                counts = f"{len(cells)} cells; the heading has {len(heading)}"
                raise wrong_list(names, [f"row {lines.line_num}: {counts}."])
            row = dict(zip(heading, map(str.strip, cells), strict=True))
            yield lines.line_num, row[column], row[NAME_COLUMN]
    except csv.Error as error:
        raise wrong_list(names, [f"row {lines.line_num}: {error}."]) from None


def wrong_list(names: Path, problems: Sequence[str]) -> DojoError:
    """Return the error for a list of names that can't be used."""
    lines = "\n".join(f"  {problem}" for problem in problems)
    return DojoError(
        f"{plain(str(names))}: this list of names can't be used:\n{lines}\n"
        "It has a heading `file,name`, and one row for each submission.",
        code=ExitCode.USAGE,
    )
