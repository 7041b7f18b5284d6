"""What a subscriber gets: lines of the commentary, and notices about missing ones. Given."""

from dataclasses import dataclass

CAPACITY = 20
"""So many lines wait for one reader of the site at most."""


@dataclass(frozen=True)
class Line:
    """What the reporter has typed; each line has the number after that of the one before it."""

    number: int
    text: str

    def __str__(self) -> str:
        return f"{self.number} {self.text}"


@dataclass(frozen=True)
class Missed:
    """So many lines are missing in this place."""

    count: int

    def __str__(self) -> str:
        return f"({self.count} missed)"
