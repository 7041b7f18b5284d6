"""A suite that a fork runs while it waits, so that nothing of the run to come is done first then.

What a process touches first after a fork is copied; and when code runs first, bytecode is adapted,
patterns are compiled and caches are filled. With all that done, a run takes three fifths of the
time. `suite` does what suites of katas do, without any file of a kata: a learner may be about to
change it.
"""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.db import connections

SUITE = Path(__file__).with_name("suite.py")
# Real seconds for a thread that has been told to end.
PATIENCE_S = 1.0


def run(options: list[str]) -> None:
    """Run the suite in a session of its own, inside of the one that is under way here.

    Args:
        options: Of pytest, those that the session to come has.
    """
    pytest.main([str(SUITE), "--noconftest", *options])
    connections.close_all()
    for thread in set(threading.enumerate()) - {threading.main_thread()}:
        thread.join(PATIENCE_S)  # it has been told to end
