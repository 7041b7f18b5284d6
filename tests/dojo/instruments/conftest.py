"""Starts what mostly waits before it is looked at."""

import pytest

from tests.dojo.instruments import child

# Modules of tests, and the files of cases that they look at.
WAITING = {
    "test_clock_matrix": ("clock_stuck.py",),
    "test_clock_stuck": ("clock_stuck.py",),
    "test_hangs": ("hangs.py", "server_hangs.py"),
}


def pytest_collection_finish(session: pytest.Session) -> None:
    """Begin the runs whose cases hang, or are stuck, until a limit."""
    if session.config.option.collectonly:
        return
    modules = dict.fromkeys(item.path.stem for item in session.items)
    child.begin(dict.fromkeys(file for name in modules for file in WAITING.get(name, ())))
