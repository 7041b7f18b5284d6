"""What there is to ask about an answer: the section "Talk about it" of a solution's notes."""

from __future__ import annotations

from dataclasses import dataclass

from dojo.model import Kata

HEADING = "## Talk about it"
LISTEN = "*Listen for:*"


@dataclass(frozen=True)
class Question:
    """One question, as Markdown.

    Attributes:
        listen_for: What a good answer mentions; empty if the notes leave that open.
    """

    text: str
    listen_for: str = ""


def load(kata: Kata) -> tuple[Question, ...]:
    """Return the questions about *kata*, in file order; none if its notes have none."""
    path = kata.solutions / "README.md"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    section = f"\n{text}".partition(f"\n{HEADING}\n")[2].partition("\n## ")[0]
    found = []
    for item in f"\n{section}".split("\n- ")[1:]:
        asked, _, answer = " ".join(item.split()).partition(LISTEN)
        found.append(Question(asked.strip(), answer.strip()))
    return tuple(found)
