"""What gives a reason to look at a submission, and what gives none."""

import pytest

from dojo import catalogue
from dojo.grading import scan
from dojo.model import Kata
from tests.dojo.house import CLONE

KATAS = catalogue.load(CLONE)
# They replace parts of Django while they ask it: whoever grades should see that.
PATCHING = {"k304_stack_audit/asks_django", "k304_stack_audit/borrowed_tools"}


@pytest.mark.parametrize("kata", KATAS, ids=lambda kata: kata.slug)
def test_right_answers_give_none(kata: Kata) -> None:
    """Also where tests are handed in, which need pytest."""
    found = {}
    for folder in (kata.solutions / "answer", *(kata.solutions / "accepted").iterdir()):
        files = {path.name: path.read_bytes() for path in folder.glob("*.py")}
        if files and f"{kata.slug}/{folder.name}" not in PATCHING:
            found[folder.name] = scan.reasons_to_look(kata, files)

    assert {name: reasons for name, reasons in found.items() if reasons} == {}
    assert found


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("import gc", "imports gc"),
        ("    from pytest import fail", "imports pytest"),
        ("    frame = inspect.currentframe()", "names currentframe"),
        ("    for frame in inspect.stack():", "names inspect.stack"),
        ("    def __eq__(self, other):", "defines __eq__"),
    ],
)
def test_what_no_answer_needs_gives_one(line: str, what: str) -> None:
    """With the file and the number of the line."""
    source = f"import inspect\n\n{line}\n".encode()

    reasons = scan.reasons_to_look(KATAS[0], {"views.py": source})

    assert reasons == [f"views.py:3 {what}: no verdict, a reason to look."]
