"""What a candidate has handed back, read with care: a folder or a zip, from a stranger."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dojo import catalogue, copies, progress, reset, source
from dojo.interview import MARK, bundle, is_at, record
from dojo.interview.bundle import Interview
from dojo.interview.candidate import hash_of
from dojo.interview.record import Record
from dojo.model import DojoError, ExitCode, Kata

MOST_BYTES = 1_000_000
MOST_ADDED = 50
REMEDY = "Give the zip that `python3 -m dojo interview stop` has made, or the candidate's folder."


@dataclass(frozen=True)
class Submission:
    """What was handed back.

    Attributes:
        katas: As the interviewer's repository has them.
        answers: Folder with a folder for each kata, which holds the candidate's files and stubs for
            those that are missing: nothing of the interviewer's shows through.
        notes: What is odd about the files, a sentence each.
    """

    interview: Interview
    record: Record
    katas: tuple[Kata, ...]
    answers: Path
    notes: tuple[str, ...]

    def folder(self, kata: Kata) -> Path:
        """Return the folder with the files of *kata*."""
        return self.answers / kata.slug


@contextlib.contextmanager
def opened(given: Path, root: Path) -> Iterator[Submission]:
    """Give what was handed back as the folder or the zip *given*, in the block.

    Args:
        root: The interviewer's repository.

    Raises:
        DojoError: It is no interview, or about katas that are not in this repository.
    """
    with tempfile.TemporaryDirectory(prefix="dojo-", ignore_cleanup_errors=True) as scratch:
        folder = given.expanduser()
        if not folder.is_dir():
            archive, folder = folder, Path(scratch, "unpacked")
            folder.mkdir()
            source.unpack(archive, folder, str(given), REMEDY)
        top = top_of(folder, given)
        interview = bundle.load(top)
        katas = known(interview, root)
        state = record.read(top)
        answers = Path(scratch, "katas").resolve()
        notes = [note for kata in katas for note in take(kata, top, root, answers)]
        notes += compare(interview, state, katas, answers)
        yield Submission(interview, state, katas, answers, tuple(notes))


def top_of(folder: Path, given: Path) -> Path:
    """Return the folder of the interview: *folder*, or the only one that it holds."""
    for place in (folder, *sorted(path for path in folder.iterdir() if path.is_dir())):
        if is_at(place):
            return place
    raise DojoError(
        f"{given}: there is no interview in it ({MARK} is missing).\n{REMEDY}",
        code=ExitCode.USAGE,
    )


def known(interview: Interview, root: Path) -> tuple[Kata, ...]:
    """Return the katas of *interview*, by their full names."""
    katas = {kata.slug: kata for kata in catalogue.load(root)}
    for slug in interview.katas:
        if slug not in katas:
            raise DojoError(
                f"The interview is about {slug!r}, which is no kata of {root}.\n"
                "Make the report with the repository that the bundle was made from.",
                code=ExitCode.USAGE,
            )
    return tuple(katas[slug] for slug in interview.katas)


def take(kata: Kata, top: Path, root: Path, answers: Path) -> Iterator[str]:
    """Copy the candidate's files of *kata* to *answers*; yield what is odd about them."""
    for name in kata.edit:
        path = f"katas/{kata.slug}/{name}"
        data = bytes_at(top, path)
        if data is None:
            yield f"{path} is missing, a link, or too large; the stub stands in for it."
            data = reset.read_stub(root, kata, name)
        reset.write(answers / kata.slug / name, data)
    added = 0
    for path in copies.files(top, f"katas/{kata.slug}"):
        name_ = Path(path).relative_to(f"katas/{kata.slug}")
        if name_.as_posix() in kata.edit or not any(map(name_.match, kata.may_add)):
            continue
        data = bytes_at(top, path)
        if data is None or (added := added + 1) > MOST_ADDED:
            yield f"{path} is left out: it is a link, or too much."
        else:
            reset.write(answers / kata.slug / name_, data)


def bytes_at(top: Path, path: str) -> bytes | None:
    """Return what a file holds; None if it is not there, leads out of *top*, or is too large."""
    file = top / path
    if not file.is_file() or not file.resolve().is_relative_to(top.resolve()):
        return None
    return None if file.stat().st_size > MOST_BYTES else file.read_bytes()


def compare(
    interview: Interview, state: Record, katas: tuple[Kata, ...], answers: Path
) -> Iterator[str]:
    """Yield how the files differ from what was recorded, and the suites from those handed out."""
    stop = state.ended
    for kata in katas:
        if interview.katas[kata.slug] != progress.fingerprint(kata.suite):
            yield f"The suite of {kata.number} is not the one that was handed out."
        for name in kata.edit:
            path = f"katas/{kata.slug}/{name}"
            now = hash_of((answers / kata.slug / name).read_bytes())
            if stop is not None and stop.files.get(path) != now:
                yield f"{path} is not what it was when the interview was stopped."
    starts = [event for event in state.events if event.kind == record.START]
    for path in starts[0].changed if starts else ():
        yield f"{path} was no stub any more when the interview was started."
