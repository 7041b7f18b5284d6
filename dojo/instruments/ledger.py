"""A list of what happened, in order, that can be cut into stretches and explains itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Generic, Self, TypeVar, overload

Entry = TypeVar("Entry")


class Ledger(Sequence[Entry], Generic[Entry]):
    """What one instrument has seen so far; grows while the test runs."""

    #: What an entry is called in messages, in the singular and the plural.
    nouns = ("entry", "entries")

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries = list(entries)
        self._stretches: list[Self] = []

    def append(self, entry: Entry) -> None:
        """Add *entry* at the end, here and in the stretches that are open."""
        self._entries.append(entry)
        for stretch in self._stretches:
            stretch.append(entry)

    def clear(self) -> None:
        """Forget all entries, such as those of a test's own set-up."""
        self._entries.clear()

    @contextmanager
    def during(self) -> Iterator[Self]:
        """Give a ledger of what happens inside the ``with`` block alone, in whichever task."""
        stretch = type(self)()
        self._stretches.append(stretch)
        try:
            yield stretch
        finally:
            # By identity: two empty ledgers are equal in all but that.
            self._stretches = [other for other in self._stretches if other is not stretch]

    def explain(self, call: str, *, expected: str, task: int | None = None) -> str:
        """Say what was seen, for the message of an assertion.

        Args:
            call: What the test called: ``GET /articles/``.
            expected: What it should have been: ``at most 2 queries``.
            task: The number of the task in the brief.
        """
        reference = "" if task is None else f" (task {task})"
        return f"{call}: {self._count()}; expected {expected}.{reference}{self._listing()}"

    def _count(self) -> str:
        return f"{len(self)} {self.nouns[0] if len(self) == 1 else self.nouns[1]}"

    def _listing(self) -> str:
        return "".join(f"\n  {number}. {entry}" for number, entry in enumerate(self, start=1))

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> Entry | Self:
        if isinstance(index, slice):
            return type(self)(self._entries[index])
        return self._entries[index]

    def __str__(self) -> str:
        return self._count() + self._listing()

    def __repr__(self) -> str:
        # Short, because pytest shows it in the middle of an assertion's explanation.
        return f"<{self._count()}>"
