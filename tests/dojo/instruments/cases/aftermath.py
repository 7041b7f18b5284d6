# Wrong on purpose, and not typed.
# mypy: ignore-errors
# ruff: noqa
"""Tests that fail and keep something alive, each before one that would pay for it."""

import gc
import logging


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


async def test_logs_a_traceback_that_holds_a_coroutine():
    def handle():
        response = later()
        try:
            response.status_code
        except AttributeError:
            logging.getLogger("django.request").error("boom", exc_info=True)

    handle()
    assert False, "second"


async def test_awaits_everything():
    await later()
