"""Tests whose result is known: written anew for each run, under names that can't be foreseen.

Those that must fail show that a failure is still seen as one; those that must pass show that the
guards of Django are still up. If one ends otherwise, no verdict of that run counts.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

WORDS = ("answers", "keeps", "order", "page", "rows", "once", "late", "again", "story", "desk")

SOURCE = '''
import asyncio

import pytest
from django.core.exceptions import SynchronousOnlyOperation
from django.utils.asyncio import async_unsafe


def {0}():
    assert {{"desk": "{word}", "n": 1}} == {{"desk": "{word}", "n": 2}}, "{word}"


async def {1}():
    await asyncio.sleep(0)
    assert ["{word}"] != ["{word}"], "{word}"


def {2}():
    with pytest.raises(ValueError):
        int("1")
    pytest.fail("{word}")


def {3}():
    pytest.fail("{word}")


async def {4}():
    """Django refuses to be called on an event loop."""
    with pytest.raises(SynchronousOnlyOperation):
        async_unsafe(print)("{word}")
'''
MUST_FAIL = 4


@dataclass(frozen=True)
class Canary:
    """One file of such tests.

    Attributes:
        failing, passing: Ids of the tests.
        word: What the message of a failure holds, where the test gives one.
    """

    file: str
    failing: tuple[str, ...]
    passing: tuple[str, ...]
    word: str


def write(folder: Path) -> Canary:
    """Write a file of tests with known results into *folder*."""
    names = ["test_" + "_".join(secrets.choice(WORDS) for _ in range(3)) for _ in range(5)]
    names = [f"{name}_{secrets.token_hex(2)}" for name in names]
    file, word = f"test_{secrets.choice(WORDS)}_{secrets.token_hex(3)}.py", secrets.token_hex(8)
    (folder / file).write_text(SOURCE.format(*names, word=word), encoding="utf-8")
    ids = [f"{file}::{name}" for name in names]
    return Canary(file, tuple(ids[:MUST_FAIL]), tuple(ids[MUST_FAIL:]), word)
