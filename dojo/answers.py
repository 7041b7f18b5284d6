"""Which files stand behind ``katas.<kata>``: the learner's, an answer's or a submission's.

Suites always import ``katas.<kata>.<module>``. Putting the folder of an answer in front of the
package's ``__path__`` swaps what is behind that name: the files that the folder holds come from
there, all others from ``katas/``, and tracebacks name the file that really ran.
"""

from __future__ import annotations

import difflib
import functools
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType

from dojo import catalogue, edition
from dojo.model import DojoError, ExitCode

LEARNER = "katas"
REFERENCE = "solutions"


@dataclass(frozen=True)
class Answers:
    """Where to look for answers.

    Attributes:
        spec: As given to ``--answers``: ``katas`` (the learner's own), ``solutions`` (the reference
            answers), ``<kata>=<folder>`` (one kata's files), or a folder that holds a folder per
            kata, directly or below ``katas/``.
    """

    spec: str
    root: Path

    def folder(self, slug: str) -> Path | None:
        """Return the folder that goes in front of ``katas/<slug>``; None for the learner's own.

        Raises:
            DojoError: *spec* names a folder that does not exist.
        """
        if self.spec == LEARNER:
            return None
        if self.spec == REFERENCE:
            return self.reference / slug / "answer"
        one, named, path = self.spec.partition("=")
        if named:
            return existing(self.root / path, self.spec) if slug == one else None
        return self.base() / slug

    @functools.cached_property
    def reference(self) -> Path:
        """The folder of all solutions, looked for once: each kata is asked for."""
        edition.require_solutions(self.root)
        return (self.root / REFERENCE).resolve()

    def base(self) -> Path:
        """Return the folder that holds a folder per kata."""
        base = existing(self.root / self.spec, self.spec)
        return base / "katas" if (base / "katas").is_dir() else base

    def check(self) -> None:
        """Refuse a *spec* that would silently leave the learner's own files in place.

        Raises:
            DojoError: *spec* names a kata or a folder that does not exist, or no answer at all.
        """
        if self.spec == LEARNER:  # without a look at the disk: each run of a suite asks
            return
        slug, named, _ = self.spec.partition("=")
        slugs = [folder.name for folder in catalogue.kata_folders(self.root / "katas")]
        if named and slug not in slugs:
            near = difflib.get_close_matches(slug, slugs, 1, cutoff=0.2)
            raise DojoError(
                f"--answers={self.spec}: {slug!r} is not the full name of a kata.\n"
                f"Write it like {near[0] if near else 'k102_fan_out'}=FOLDER.",
                code=ExitCode.USAGE,
            )
        self.folder(slug if named else "")
        if self.spec == REFERENCE or named:
            return
        if not any((self.base() / slug).is_dir() for slug in slugs):
            raise DojoError(
                f"--answers={self.spec}: {self.base()} holds no folder of a kata.\n"
                f"Answers lie in folders named like {slugs[0] if slugs else 'k102_fan_out'}.",
                code=ExitCode.USAGE,
            )


def existing(folder: Path, spec: str) -> Path:
    """Return *folder* as an absolute path, or say that ``--answers`` names nothing."""
    if not folder.is_dir():
        raise DojoError(
            f"--answers={spec}: {folder} is not a folder.\n"
            "Use `solutions`, `KATA=FOLDER`, or a folder that holds one folder per kata.",
            code=ExitCode.USAGE,
        )
    return folder.resolve()


class FreshSourceLoader(SourceFileLoader):
    """Loads a module from its source, never from cached bytecode.

    A cache counts as fresh while size and whole second of the last change agree, so a quick edit of
    the same length would go unnoticed. Without the file's statistics the cache is neither read nor
    written. https://docs.python.org/3/library/importlib.html#importlib.abc.SourceLoader.path_stats
    """

    def path_stats(self, path: str) -> dict[str, float]:
        """Deny that there are any."""
        raise OSError("bytecode of katas is never cached")


class AnswerFinder(MetaPathFinder):
    """Finds ``katas.<kata>`` with an answer's folder in front, and loads katas afresh."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """See `importlib.abc.MetaPathFinder.find_spec`."""
        parts = fullname.split(".")
        if parts[0] != "katas" or len(parts) < 2:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None:
            return None
        if isinstance(spec.loader, SourceFileLoader):
            spec.loader = FreshSourceLoader(fullname, spec.loader.path)
            spec.cached = None
        if len(parts) == 2 and spec.submodule_search_locations is not None:
            spec.submodule_search_locations[:0] = self.in_front(parts[1])
        return spec

    def in_front(self, slug: str) -> list[str]:
        """Return where to look for the modules of a kata before its own folder."""
        folder = self.answers.folder(slug)
        return [str(folder)] if folder is not None and folder.is_dir() else []


def install(answers: Answers) -> AnswerFinder:
    """Put *answers* behind ``katas.*`` for the rest of this process; returns the finder.

    Of packages that are imported already, what is imported from now on comes from there.
    """
    finder = AnswerFinder(answers)
    for name, package in list(sys.modules.items()):
        if name.count(".") == 1 and name.startswith("katas.") and hasattr(package, "__path__"):
            slug = name.partition(".")[2]
            # The kata's own folder is the last, whatever an answer before put in front of it.
            package.__path__ = [*finder.in_front(slug), package.__path__[-1]]
    # Behind pytest's own finder: the asserts of tests below katas/ are to be rewritten (k104).
    ahead = [type(other).__module__ == "_pytest.assertion.rewrite" for other in sys.meta_path]
    sys.meta_path.insert(ahead.index(False), finder)
    return finder
