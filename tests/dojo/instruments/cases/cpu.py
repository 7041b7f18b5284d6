# Wrong on purpose, and not typed.
# mypy: ignore-errors
# ruff: noqa
"""Work for the processor on the event loop, and elsewhere."""

import asyncio
import hashlib
import time
from pathlib import Path

import pytest

from dojo.instruments import learner


def work():
    """Use a quarter of a second of this thread's CPU, however fast the processor is."""
    until = time.thread_time() + 0.25
    while time.thread_time() < until:
        hashlib.sha256(b"x" * 100_000)


@pytest.fixture
def accused(request):
    learner.set_accused(map(Path, request.param))
    yield
    learner.set_accused([])


@pytest.mark.parametrize("accused", [["elsewhere.py"], []], indirect=True, ids=["not_mine", "mine"])
async def test_hog(accused):
    await asyncio.sleep(0)
    work()
    await asyncio.sleep(0)
    pytest.fail("to show the report")


async def test_hog_that_passes():
    work()


async def test_work_in_a_thread():
    await asyncio.to_thread(work)
    pytest.fail("to show the report")


async def test_much_work_with_awaits():
    for _ in range(5):
        hashlib.sha256(b"x" * 100_000)
        await asyncio.sleep(0)
    pytest.fail("to show the report")


def test_work_without_a_loop():
    work()
    pytest.fail("to show the report")
