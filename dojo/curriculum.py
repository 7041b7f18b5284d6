"""The rules between katas: names are their own, and requirements lead somewhere, but not back."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator

from dojo.model import Kata, Problem


def check_names(katas: Iterable[Kata]) -> Iterator[Problem]:
    """Yield katas that share a number, by which they are called, or a name, as progress is kept."""
    seen: dict[str, str] = {}
    for kata in katas:
        for label in (kata.number, kata.name):
            other = seen.setdefault(label, kata.slug)
            if other != kata.slug:
                yield Problem(
                    f"katas/{kata.slug}",
                    f"{other} is called {label!r}, too.",
                    "Give one of them another number or name.",
                )


def check_requires(katas: Iterable[Kata], slugs: Collection[str]) -> Iterator[Problem]:
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
