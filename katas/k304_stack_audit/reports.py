"""What the audit reports. Given."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["async", "sync"]


@dataclass(frozen=True)
class Observation:
    """Where a number of requests to an async view ran, when all of them are answered.

    Attributes:
        loops: How many different event loops they ran on.
        closed: How many of these loops are closed by now.
        view_elsewhere: How many requests had their view run in another thread than the one that
            called `serve`.
        sync_elsewhere: The same for the thread to which the view's `sync_to_async` went.
    """

    loops: int
    closed: int
    view_elsewhere: int
    sync_elsewhere: int
