"""The data that flows through the dojo: frozen, and free of behaviour that needs a disk."""

from __future__ import annotations

import enum


class ExitCode(enum.IntEnum):
    """What every command of the dojo answers to its shell."""

    PASS = 0
    TESTS_FAIL = 1
    USAGE = 2
    FAULT = 3
