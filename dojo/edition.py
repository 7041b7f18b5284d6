"""What a copy was handed out with: one for learners has neither solutions nor hints."""

from __future__ import annotations

from pathlib import Path

from dojo import catalogue
from dojo.model import DojoError, ExitCode


def require_solutions(root: Path) -> None:
    """Stop a command that is about solutions in a copy that has none.

    Raises:
        DojoError: It has none.
    """
    if not catalogue.kata_folders(root / "solutions"):
        raise DojoError(
            f"This copy of the katas has no solutions: there are none below {root / 'solutions'}.\n"
            "Whoever handed it out may have kept them; the full copy has them.",
            code=ExitCode.USAGE,
        )


def has_hints(root: Path) -> bool:
    """Tell whether a kata of this copy has hints."""
    return any((root / "katas").glob("k*/hints.md"))
