# Wrong on purpose, and not typed.
# mypy: ignore-errors
# ruff: noqa
"""Tests that fail and keep something alive, each before one that would pay for it."""

import gc
import logging

import pytest


class Cycle:
    def __init__(self):
        self.me, self.file = self, open(__file__)


def test_leaves_a_file_open():
    cycle = Cycle()
    assert False, "first"


def test_collects_garbage():
    gc.collect()


async def later():
    pass


def handle():
    response = later()
    try:
        response.status_code
    except AttributeError:
        logging.getLogger("django.request").error("boom", exc_info=True)


async def test_logs_a_traceback_that_holds_a_coroutine():
    handle()
    assert False, "second"


async def test_awaits_everything():
    await later()


@pytest.fixture
def logging_at_the_end():
    yield
    handle()


def test_logs_it_in_its_teardown(logging_at_the_end):
    assert False, "third"


def test_does_nothing():
    pass
