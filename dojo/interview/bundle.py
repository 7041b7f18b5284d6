"""Which interview a bundle belongs to: the file in it that says so."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dojo.interview import MARK
from dojo.model import DojoError, ExitCode

RULES = "INTERVIEW.md"
VERSION = 1
ID = re.compile(r"[0-9a-f]{8}")
MOST_MINUTES = 24 * 60
LONGEST_NAME = 100
MOST_BYTES = 100_000


@dataclass(frozen=True)
class Interview:
    """One interview.

    Attributes:
        name: What the interviewer calls it; may be empty.
        minutes: How long the candidate has.
        katas: Fingerprint of the suite that was handed out, by the kata's slug.
        made: When, as ISO 8601 in UTC.
    """

    id: str
    name: str
    minutes: int
    katas: Mapping[str, str]
    made: str


def check(interview: Interview) -> None:
    """Look at what somebody may have chosen or changed by hand.

    Raises:
        ValueError: A value is not what it should be.
    """
    if not ID.fullmatch(interview.id):
        raise ValueError("the interview's id is not eight hexadecimal digits")
    if type(interview.minutes) is not int or not 1 <= interview.minutes <= MOST_MINUTES:
        raise ValueError(f"an interview takes 1 to {MOST_MINUTES} minutes")
    if not interview.name.isprintable() or len(interview.name) > LONGEST_NAME:
        raise ValueError(f"a name is one line of at most {LONGEST_NAME} printable characters")
    if not interview.katas:
        raise ValueError("an interview has at least one kata")
    if not all(type(word) is str for pair in interview.katas.items() for word in pair):
        raise ValueError("katas have names and fingerprints")


def load(root: Path) -> Interview:
    """Return the interview that the bundle at *root* belongs to.

    Raises:
        DojoError: It is no bundle, or the file that says so can't be used.
    """
    path = root / MARK
    if not path.is_file():
        raise DojoError(
            f"{root}: this is no interview ({MARK} is missing).\n"
            "Change into the folder that you were given, then run the command again.",
            code=ExitCode.USAGE,
        )
    try:
        with path.open("rb") as file:
            table: dict[str, Any] = json.loads(file.read(MOST_BYTES))
        if table.pop("version") != VERSION:
            raise ValueError("it was made by another version of the dojo")
        interview = Interview(**table)
        interview = replace(interview, katas=dict(interview.katas), name=str(interview.name))
        check(interview)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DojoError(
            f"{path}: this does not say which interview it is: {error}.\n"
            "Take the file from the bundle as it was handed out.",
            code=ExitCode.USAGE,
        ) from None
    return interview
