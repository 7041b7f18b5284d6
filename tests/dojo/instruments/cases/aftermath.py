# Wrong on purpose, and not typed.
# mypy: ignore-errors
# ruff: noqa
"""A test that fails with a file open, and one that would pay for it."""

import gc


class Cycle:
    def __init__(self):
        self.me, self.file = self, open(__file__)


def test_leaves_a_file_open():
    cycle = Cycle()
    assert False, "first"


def test_collects_garbage():
    gc.collect()
