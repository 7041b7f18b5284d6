"""A child pytest runs one kata's suite and hands back results; the parent never imports answers.

`run` starts a fresh process, or lets a `WarmPool` fork one that has everything imported already.
"""

from dojo.runner.cold import Spawn, run, stop
from dojo.runner.warm import AVAILABLE as CAN_FORK
from dojo.runner.warm import WarmPool

__all__ = ["CAN_FORK", "Spawn", "WarmPool", "run", "stop"]
