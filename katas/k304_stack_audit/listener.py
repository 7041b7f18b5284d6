"""A handler of log records that remembers, and the lines to listen for. Given."""

import logging
import re

#: What Django logs when it adapts a handler for a middleware; the group is the middleware's name.
ADAPTED = re.compile(r"(?:Asynchronous|Synchronous) handler adapted for middleware (.+)\.$")


class Listener(logging.Handler):
    """Keeps what is said on the loggers that it is added to; says nothing itself."""

    def __init__(self) -> None:
        super().__init__()
        #: The messages of all records, with their arguments filled in, in order.
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message of *record*."""
        self.messages.append(record.getMessage())
