"""What asyncio would log: errors that nobody has asked for."""

import asyncio
import gc
from typing import Any


class Complaints:
    """Listens to what a loop would log."""

    def __init__(self) -> None:
        self._messages: list[str] = []

    def note(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Take the place of the loop's exception handler."""
        error = context.get("exception")
        self._messages.append(f"{context['message']} ({error!r})")

    def check(self, what: str, task: int, *errors: Exception) -> None:
        """Fail if there was something to log, for what is garbage by now at the latest.

        Args:
            errors: Those that came out, whose tracebacks would keep it alive.
        """
        __tracebackhide__ = True
        for error in errors:
            error.__traceback__ = None
        gc.collect()
        assert not self._messages, (
            f"{what}: asyncio logs {self._messages[0]!r}; expected it to have nothing to log. "
            f"(task {task})"
        )
