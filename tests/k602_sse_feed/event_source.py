"""What a browser's EventSource makes of a stream.

https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
"""

import codecs
import re
from dataclasses import dataclass

LINE_END = re.compile("\r\n|\r|\n")


@dataclass(frozen=True)
class Event:
    """An event as a page gets it: with the last id that was sent, and a name if it has one."""

    id: str
    data: str
    name: str = ""

    def __repr__(self) -> str:
        """Show it the way it travels."""
        name = f"event {self.name!r}, " if self.name else ""
        return f"<{name}id {self.id!r}, data {self.data!r}>"


class EventSource:
    """Reads a stream as it comes.

    Attributes:
        events: What was complete, in order.
        comments: When each comment was complete, in seconds.
    """

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.comments: list[float] = []
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._rest = ""
        self._data: list[str] = []
        self._id = self._name = ""

    def feed(self, chunk: bytes, *, at_s: float) -> None:
        """Read what has been received at a time."""
        *lines, self._rest = LINE_END.split(self._rest + self._decoder.decode(chunk))
        for line in lines:
            if line.startswith(":"):
                self.comments.append(at_s)
            elif line:
                self._field(*line.partition(":")[::2])
            else:
                self._dispatch()

    def _field(self, field: str, value: str) -> None:
        value = value.removeprefix(" ")
        if field == "data":
            self._data.append(value)
        elif field == "id":
            self._id = value
        elif field == "event":
            self._name = value

    def _dispatch(self) -> None:
        if self._data:
            self.events.append(Event(self._id, "\n".join(self._data), self._name))
        self._data, self._name = [], ""
