"""Nobody is suspected who has only not come to the end, and the proofs of checks would say so."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from dojo import catalogue
from dojo.blackbox import checks
from dojo.blackbox.checks import Checks
from dojo.grading import proofs, unfinished
from dojo.grading.proofs import Suspicion
from tests.dojo.house import CLONE

STUB = """
import os


class Desk:
    async def get(self):
        raise NotImplementedError("task 1")

    def same(self):
        return 1


def old():
    return 1


def decorated():
    raise NotImplementedError("task 2")
"""
ANSWER = """
class Desk:
    async def get(self):
        return 42

    def same(self):
        return 1


@once
def decorated():
    return 7


def added():
    return 3
"""


def test_one_function_is_as_in_the_stub() -> None:
    """Those that both have and that differ, with their decorators, each in an answer of its own."""
    found = dict(unfinished.answers({"views.py": STUB}, {"views.py": ANSWER}))

    assert found == {
        "views.Desk.get": {
            "views.py": ANSWER.replace("return 42", 'raise NotImplementedError("task 1")')
        },
        "views.decorated": {
            "views.py": ANSWER.replace("@once\n", "").replace(
                "return 7", 'raise NotImplementedError("task 2")'
            )
        },
    }


def test_one_file_is_as_in_the_stub() -> None:
    """Of several; files that the learner has added stay."""
    stub = {"a.py": "A = 0\n", "b.py": "B = 0\n", "page.html": "0"}
    answer = {"a.py": "A = 1\n", "b.py": "B = 1\n", "helper.py": "C = 1\n"}

    assert dict(unfinished.answers(stub, answer)) == {
        "a.py": answer | {"a.py": "A = 0\n"},
        "b.py": answer | {"b.py": "B = 0\n"},
    }


@pytest.mark.realtime
@pytest.mark.timeout(300)
def test_a_check_that_keeps_back_what_it_involves_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has done all of k502 but its page, task 5, is held to nothing; but for `involves`."""
    kata = catalogue.find(catalogue.load(CLONE), "k502")
    every, load = unfinished.answers, checks.load

    def one(*texts: dict[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
        return ((name, files) for name, files in every(*texts) if name == "views.dashboard")

    def bare(found: Checks | None) -> Checks | None:
        return found and replace(
            found, checks=tuple(replace(one, involves=frozenset()) for one in found.checks)
        )

    monkeypatch.setattr(unfinished, "answers", one)
    (honest,) = proofs.suspicions(CLONE, [kata])
    monkeypatch.setattr("dojo.grading.judge.load", lambda suite: bare(load(suite)))
    (suspected,) = proofs.suspicions(CLONE, [kata])

    assert honest == Suspicion(kata, "unfinished/views.dashboard", frozenset())
    assert suspected == replace(honest, tasks=frozenset({1}))
