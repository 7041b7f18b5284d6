"""Blocking calls on the event loop's thread: raised where they happen, and recorded."""

from __future__ import annotations

import asyncio
from types import FrameType

from dojo.instruments import findings, learner


class BlockedLoop(Exception):  # noqa: N818 - what happened, as in pytest's own `Failed`
    """Learner code made a blocking call on the thread of a running event loop."""


def blocked(what: str, frame: FrameType | None) -> None:
    """Record and raise, if a loop runs on this thread and learner code is on the stack.

    Args:
        what: The call, as its author would write it: ``time.sleep(0.2)``.
        frame: Where to start looking for the learner's line, outwards; None looks nowhere.

    Raises:
        BlockedLoop: With what was called, and where.
    """
    if not findings.recording() or asyncio._get_running_loop() is None:
        return
    accused = learner.nearest_learner_frame(frame)
    if accused is None:
        return
    finding = findings.Finding(f"{what} blocks the event loop", learner.spot(accused))
    findings.record(finding)
    raise BlockedLoop(str(finding))
