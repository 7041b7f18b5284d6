"""Where a learner stands among the katas, and what comes next."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dojo import versions
from dojo.model import Kata
from dojo.progress import Progress


def here(katas: Sequence[Kata], state: Progress) -> Kata | None:
    """Return the kata that the learner has jumped to, else the first that is not solved.

    Returns:
        None when all katas that fit this Django and Python are solved.
    """
    for kata in katas:
        if kata.name == state.here and not versions.not_for_here(kata):
            return kata
    return first_open(katas, state)


def first_open(katas: Sequence[Kata], state: Progress) -> Kata | None:
    """Return the first kata for this Django and Python that is not solved; None if all are."""
    return next((kata for kata in katas if is_open(kata, state)), None)


def following(katas: Sequence[Kata], state: Progress, kata: Kata) -> Kata | None:
    """Return the first kata after *kata* that is not solved, else the first at all."""
    later = katas[katas.index(kata) + 1 :]
    return first_open(later, state) or first_open(katas, state)


def is_open(kata: Kata, state: Progress) -> bool:
    """Tell whether *kata* is for this Django and Python, and not solved."""
    return not state.is_solved(kata) and not versions.not_for_here(kata)


def search(katas: Sequence[Kata], words: str) -> list[Kata]:
    """Return the katas of which each of *words* is true: in name, title, concepts; `chapter 4`."""
    terms = re.findall(r"chapter \d|\S+", words.lower().replace("_", " "))
    return [kata for kata in katas if all(term in _text_of(kata) for term in terms)]


def _text_of(kata: Kata) -> str:
    parts = [kata.slug, kata.title, kata.level, f"chapter {kata.chapter}", *kata.concepts]
    return " ".join(parts).lower().replace("_", " ").replace("-", " ")
