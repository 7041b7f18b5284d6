"""What a candidate does in a bundle: begin, and end with a zip to hand back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dojo import catalogue, copies, packing, progress, reset
from dojo.interview import MARK, bundle, course, record
from dojo.interview.bundle import Interview
from dojo.interview.record import Event
from dojo.model import DojoError, ExitCode, Kata


def start(root: Path) -> tuple[Interview, float]:
    """Note that the candidate begins; after a stop, that work goes on.

    Returns:
        The interview, and the seconds of working time before this start.

    Raises:
        DojoError: It runs already, or it can't be noted.
    """
    interview = bundle.load(root)
    katas = katas_of(interview, root)
    with record.only_one(root):
        before = record.read(root)
        if (since := before.running_since) is not None:
            raise DojoError(
                f"This interview of {interview.minutes} minutes already runs since {ago(since)}.\n"
                "`python3 -m dojo` goes on; `python3 -m dojo interview stop` ends it.",
                code=ExitCode.USAGE,
            )
        changed = [f"katas/{kata.slug}/{name}" for kata, name in reset.outdated(root, katas)]
        record.append(root, record.START, changed=changed)
    return interview, course.course_of(before).seconds


def stop(root: Path) -> tuple[Event, Path]:
    """Note that the candidate ends; return that, and the zip to hand back.

    An interview that has ended stays so; a zip that is gone is made again.

    Raises:
        DojoError: It has not begun, or something can't be written.
    """
    interview = bundle.load(root)
    katas = katas_of(interview, root)
    place = root / f"interview-{interview.id}.zip"
    with record.only_one(root):
        state = record.read(root)
        if state.running_since is not None:
            files = dict(edited(root, katas))
            hashes = {path: hash_of(data) for path, data in files.items()}
            record.append(root, record.STOP, files=hashes)
        elif state.ended is None:
            raise DojoError(
                "This interview has not begun, so there is nothing to stop.\n"
                "`python3 -m dojo interview start` begins it.",
                code=ExitCode.USAGE,
            )
        if state.running_since is not None or not place.exists():
            tree = dict(edited(root, katas))
            tree |= {path: (root / path).read_bytes() for path in (MARK, record.FILE)}
            progress.replace(place, packing.zipped(tree))
            place.chmod(packing.PLAIN)
        ended = record.read(root).ended
    assert ended is not None
    return ended, place


def edited(root: Path, katas: Sequence[Kata]) -> Iterator[tuple[str, bytes]]:
    """Yield the candidate's own files: path and bytes of each, as far as they are there."""
    for kata in katas:
        folder = f"katas/{kata.slug}"
        for path in copies.files(root, folder):
            name = Path(path).relative_to(folder)
            if name.as_posix() in kata.edit or any(map(name.match, kata.may_add)):
                yield path, (root / path).read_bytes()


def hash_of(data: bytes) -> str:
    """Return the hash of a file, as a record has it."""
    return hashlib.sha256(data).hexdigest()


def katas_of(interview: Interview, root: Path) -> list[Kata]:
    """Return the katas of *interview* that are at *root*.

    Raises:
        DojoError: One of them is not there.
    """
    known = catalogue.load(root)
    return [catalogue.find(known, slug) for slug in interview.katas]


def ends_at(interview: Interview, used_s: float = 0.0) -> str:
    """Return when the time is over that now goes on after *used_s*, as the candidate's watch."""
    left = timedelta(minutes=interview.minutes, seconds=-used_s)
    return f"{datetime.now() + left:%H:%M}"


def time_left(root: Path) -> str:
    """Return how long the candidate still has, for a line on the screen; empty when it is not on.

    Raises:
        DojoError: The bundle does not say which interview it is.
    """
    found = record.read(root)
    if found.running_since is None:
        return ""
    minutes = bundle.load(root).minutes
    so_far = course.course_of(found).moments[-1]
    seconds, _ = course.between(so_far.event, record.now())
    left = 60 * minutes - so_far.seconds - seconds
    if left <= 0:
        return f"your {minutes} minutes are over: `dojo interview stop`"
    return f"{course.span(left)} of {minutes} min left"


def ago(event: Event) -> str:
    """Return when something was, as a watch has it, and how long ago."""
    minutes = max(0, round((datetime.now(UTC) - event.at).total_seconds() / 60))
    return f"{event.at.astimezone():%H:%M} ({minutes} min ago)"
