"""What a run writes, read as it comes and within limits."""

from __future__ import annotations

import contextlib
import os
import threading
from typing import IO

DRAIN_S = 5.0
READ_BYTES = 64 * 1024
TAIL_BYTES = 20_000


class Stream:
    """Reads a pipe in a thread of its own, up to a limit, so that nobody has to wait for it.

    Attributes:
        data: What was read: from the start on, or the last of it.
        full: True once more came than the limit allows; the rest stays unread.
    """

    def __init__(self, pipe: IO[bytes], most: int, *, keep_head: bool) -> None:
        self.pipe, self.most, self.keep_head = pipe, most, keep_head
        self.data = bytearray()
        self.full = False
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self) -> None:
        """Read until the end of the pipe or the limit."""
        count = 0
        with contextlib.suppress(OSError, ValueError):
            while block := os.read(self.pipe.fileno(), READ_BYTES):
                count += len(block)
                self.data += block
                if not self.keep_head:
                    del self.data[:-TAIL_BYTES]
                if count > self.most:
                    self.full = True
                    return

    def close(self) -> None:
        """Wait for what is still in the pipe, and close it."""
        self.thread.join(DRAIN_S)
        self.pipe.close()
