"""What all kinds of submissions have in common: a file in one, the caps, how hostile text is shown.

What a submission says of names, links and sizes is a stranger's word: it is not believed.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass

MB = 1_000_000
MOST_FILE = MB
MOST_MEMBERS = 50_000
MOST_DEPTH = 32
# What a compressed tar may become while it is read, and a git bundle on disk.
MOST_UNPACKED, MOST_BUNDLE = 300 * MB, 100 * MB

# Dot files are passed over as well: `.git`, `.venv`, and `.dojo`, where `reset` keeps copies.
PASSED_OVER = re.compile(r"(?:^|/)(?:\.[^/]+|__pycache__|__MACOSX|node_modules)(?:/|$)")
NOT_PORTABLE = re.compile(r"[\\\0]")
LEADS_OUT = re.compile(r"/|[A-Za-z]:|(?:.*/)?\.\.(?:/|\Z)", re.DOTALL)
LONGEST_NAME, LONGEST_REASON, MOST_NAMES = 80, 200, 3


class Refused(Exception):  # noqa: N818 - a finding about the submission, and no error of ours
    """Nothing of a submission can be taken; says why, fit to be shown."""


class LeftOut(Exception):  # noqa: N818 - as above
    """One file can't be taken; says why, fit to be shown."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a submission, or what else stands where a file could.

    Attributes:
        path: From the top of the submission, parts divided by ``/``; it does not lead out.
        size: Bytes, as the submission says.
        read: Gives the content, of which no more than one byte above `MOST_FILE`. Only to be
            called before the next member is asked for. Raises `LeftOut` and `Refused`.
        trouble: Why it can't be taken, such as ``a link``; empty for a file.
    """

    path: str
    size: int
    read: Callable[[], bytes]
    trouble: str = ""


def inside(name: str) -> str:
    """Return the path that *name*, an entry of an archive, stands for.

    Raises:
        Refused: It leads out of its folder, or may on some systems.
    """
    if LEADS_OUT.match(name):
        raise Refused(f"{shown(name)} in it leads out of its folder.")
    if NOT_PORTABLE.search(name):
        raise Refused(
            f"{shown(name)} in it has a backslash or a NUL in its name. Pack it again with a "
            "program that puts / between folders."
        )
    return posixpath.normpath(name)


def too_many() -> Refused:
    """Return what is said of a submission with too many files."""
    return Refused(
        f"it holds more than {MOST_MEMBERS:,} files. Leave out environments and caches; the folder "
        "`katas` will do."
    )


def too_big(most: int) -> Refused:
    """Return what is said of a submission with too many bytes."""
    return Refused(
        f"it holds more than {most // MB} MB. Leave out environments and caches; the folder "
        "`katas` will do."
    )


def plain(text: str, most: int = LONGEST_REASON) -> str:
    """Return *text* in one line without control characters, shortened to *most* characters."""
    short = text if len(text) <= most else text[: most - 1] + "…"
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in short
    )


def shown(name: str) -> str:
    """Return the name of a file as a message quotes it."""
    return f"'{plain(name, LONGEST_NAME)}'"


def listed(names: list[str]) -> str:
    """Return some names as a message quotes them, and how many more there are."""
    first = ", ".join(map(shown, names[:MOST_NAMES]))
    more = len(names) - MOST_NAMES
    return f"{first} and {more:,} more" if more > 0 else first
