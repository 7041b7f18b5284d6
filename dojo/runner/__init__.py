"""A child pytest runs one kata's suite and hands back results; the parent never imports answers.

`run` starts a fresh process, or lets a `WarmPool` fork one that is ready but for the tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dojo.runner.cold import Spawn, run, stop
from dojo.runner.early import Glimpse, Tell
from dojo.runner.warm import AVAILABLE as CAN_FORK
from dojo.runner.warm import Rehearsal, WarmPool

__all__ = ["CAN_FORK", "Glimpse", "Spawn", "Tell", "WarmPool", "run", "stop", "warm_spawn"]


@contextmanager
def warm_spawn(root: Path, *, rehearsal: Rehearsal = "none") -> Iterator[Spawn | None]:
    """Give what `run` needs to run suites in forks, in the block; None where there is no fork.

    Args:
        rehearsal: See `dojo.runner.warm.WarmProcess`.
    """
    if not CAN_FORK:
        yield None
        return
    pool = WarmPool(root, rehearsal=rehearsal)
    try:
        yield pool.spawn
    finally:
        pool.close()
