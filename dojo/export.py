"""A repository of a few katas alone: with their suites, without answers, and without hints.

Nothing of what the exporter has written is in it: the files to edit are the stubs, and of the
others in a kata's folders only those count that git, or the last update, knows.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from dojo import branches, catalogue, copies, reset, source
from dojo.model import DojoError, ExitCode, Kata

# The folder inside an archive.
NAME = "async-django-katas"
HINTS = "hints.md"
FILES = (
    *("LICENSE", ".gitignore", "conftest.py", "manage.py", "pyproject.toml"),
    *("katas/__init__.py", "docs/editors.md", "docs/instruments.md"),
)
FOLDERS = ("katas/config", "katas/newsroom", "dojo")
# Of the tooling, what would be an answer, or is of no use without them.
LEFT_OUT = ("dojo/stubs/", "dojo/bench/", "dojo/skeleton/")
REQUIRES = re.compile(r"(?ms)^requires = \[.*?\]$")

README = """\
# Async Django katas

{first}{count} from the Async Django Dojo{version}: small Django apps with holes in them, and test
suites that fail. Make them pass.

```console
$ python3 -m dojo      # shows a kata, runs its suite, and runs it again on every save
$ tox                  # all suites, on every supported Django whose Python is on PATH
```

The first one needs Python 3.11 or later and nothing else: it makes `.venv` and installs what it
needs there. With `.venv` active, plain `pytest` and `pytest tests/{slug}` work, too.

| kata | about | edit | minutes |
|---|---|---|---|
{rows}

Each folder in `katas/` has a brief, `README.md`. The suites in `tests/` are there to be read; leave
them as they are. `python3 -m dojo list` shows where you stand, `python3 -m dojo serve` serves your
site for `curl` and browsers, and `python3 -m dojo --help` lists all commands. This copy has no
answers{hints}. [docs/instruments.md](docs/instruments.md) explains how the suites measure.
"""


def chosen(known: Sequence[Kata], names: str) -> list[Kata]:
    """Return the katas that *names* lists, separated by commas, in the order of their numbers.

    Raises:
        DojoError: One of them does not exist, or none is named.
    """
    wanted = {catalogue.find(known, name.strip()) for name in names.split(",") if name.strip()}
    if not wanted:
        raise DojoError(
            "--katas names no kata.\nWrite it like --katas k102,k401; "
            "`python3 -m dojo list` shows them all.",
            code=ExitCode.USAGE,
        )
    return [kata for kata in known if kata in wanted]


def tree(
    root: Path, katas: Sequence[Kata], *, with_hints: bool = False, first: str = ""
) -> dict[str, bytes]:
    """Return the files of a repository of *katas* alone.

    Args:
        first: Where its README begins, before it says what this is.

    Raises:
        DojoError: A stub is missing, or git does not know a kata.
    """
    known = given(root, katas)
    paths = [*FILES, *(path for one in FOLDERS for path in copies.files(root, one))]
    paths = [path for path in paths if not path.startswith(LEFT_OUT)]
    for kata in katas:
        paths += of_kata(root, kata, with_hints=with_hints)
    found = {
        path: (root / path).read_bytes()
        for path in paths
        if (root / path).is_file() and is_given(path, known)
    }
    slugs = {kata.slug for kata in katas}
    for kata in katas:
        for name in kata.edit:
            stub = reset.read_stub(root, kata, name)
            found[f"katas/{kata.slug}/{name}"] = stub
            found[f"{reset.STUBS.as_posix()}/{kata.slug}/{name}.txt"] = stub
        path = f"katas/{kata.slug}/kata.toml"
        found[path] = with_requires(found[path], [one for one in kata.requires if one in slugs])
    found["katas/chapters.toml"] = "\n".join(chapters(root, katas)).encode()
    found["tox.ini"] = branches.TOX_INI.encode()
    found["README.md"] = readme(root, katas, with_hints=with_hints, first=first).encode()
    return found


def given(root: Path, katas: Sequence[Kata]) -> frozenset[str] | None:
    """Return the files that belong to this version of the house; None where nobody knows.

    Raises:
        DojoError: One of *katas* is none of them.
    """
    known = copies.known(root)
    if known is None and (root / ".git").exists() and shutil.which("git"):
        listed = source.git(root, "-c", "core.fsmonitor=false", "ls-files", "-z")
        known = frozenset(listed.stdout.split("\0")) if not listed.returncode else None
    for kata in katas:
        if known is not None and f"katas/{kata.slug}/kata.toml" not in known:
            raise DojoError(
                f"katas/{kata.slug}: this kata is no part of the version that is here, so nobody "
                "knows which of its files may be handed out.\n"
                f"`git add katas/{kata.slug} tests/{kata.slug}` says it. Nothing has been written.",
                code=ExitCode.USAGE,
            )
    return known


def is_given(path: str, known: frozenset[str] | None) -> bool:
    """Tell whether a file may be handed out; nobody's answer lies outside of these folders."""
    return known is None or path in known or not path.startswith(("katas/", "tests/"))


def of_kata(root: Path, kata: Kata, *, with_hints: bool) -> Iterator[str]:
    """Yield the paths of a kata's given files and of its suite."""
    folder = f"katas/{kata.slug}"
    for path in copies.files(root, folder):
        name = PurePosixPath(path).relative_to(folder)
        if name.as_posix() in kata.edit or any(map(name.match, kata.may_add)):
            continue
        if with_hints or name.as_posix() != HINTS:
            yield path
    yield from copies.files(root, f"tests/{kata.slug}")


def with_requires(metadata: bytes, slugs: Sequence[str]) -> bytes:
    """Return a ``kata.toml`` that requires these katas alone."""
    line = f"requires = [{', '.join(map(quoted, slugs))}]"
    return REQUIRES.sub(line, metadata.decode()).encode()


def chapters(root: Path, katas: Sequence[Kata]) -> Iterator[str]:
    """Yield the lines of a ``chapters.toml`` for *katas*."""
    wanted = {kata.chapter for kata in katas}
    for number, chapter in catalogue.chapters(root).items():
        if number in wanted:
            yield f"[{number}]"
            yield f"title = {quoted(chapter.title)}"
            yield f"subtitle = {quoted(chapter.subtitle)}\n"


def quoted(text: str) -> str:
    """Return *text* as a string of TOML."""
    return json.dumps(text, ensure_ascii=False)


def readme(root: Path, katas: Sequence[Kata], *, with_hints: bool, first: str) -> str:
    """Return the README of a repository of *katas* alone."""
    version = copies.project(root).get("version")
    return README.format(
        first=first,
        count="One kata" if len(katas) == 1 else f"{len(katas)} katas",
        version=f" {version}" if version else "",
        slug=katas[0].slug,
        rows="\n".join(map(row, katas)),
        hints="; `python3 -m dojo hint` shows hints" if with_hints else " and no hints",
    )


def row(kata: Kata) -> str:
    """Return the line of a kata in the table."""
    files = ", ".join(f"`{name}`" for name in kata.edit)
    brief = f"[{kata.number} {kata.title}](katas/{kata.slug}/README.md)"
    return f"| {brief} | {', '.join(kata.concepts)} | {files} | {kata.minutes} |"
