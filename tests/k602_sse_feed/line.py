"""The connection to one reader, which can be full, as that of a phone in a tunnel is."""

import asyncio
from typing import Any

from dojo.instruments.asgi import Application, Message
from tests.k602_sse_feed.event_source import EventSource

# More than any right answer sends at one moment. Who sends without ever waiting would never let
# anything else run: the connection then takes nothing more.
FLOOD = 1000


class Line:
    """An ASGI application between Django and one reader; as long as it is full, `send` waits.

    Attributes:
        messages: What the application has sent, without what waits to be.
        received: What the reader has got of the body.
        read: What the reader has made of it.
        blocked: Whether the application waits to send something.
        cut: Whether `send` raises, so that a request which outlives its test ends.
    """

    def __init__(self, application: Application) -> None:
        self.messages: list[Message] = []
        self.received = b""
        self.read = EventSource()
        self.blocked = self.cut = False
        self._takes_the_head_alone = False
        self._application = application
        self._free = asyncio.Event()
        self._free.set()
        self._started_s = asyncio.get_running_loop().time()
        self._at_this_moment = (0.0, 0)

    def fill(self) -> None:
        """Take nothing more."""
        self._free.clear()

    def fill_behind_the_head(self) -> None:
        """Take nothing more when the head of the response has been sent."""
        self._takes_the_head_alone = True

    def empty(self) -> None:
        """Take everything again."""
        self._free.set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve the request."""

        async def limited(message: Message) -> None:
            self.blocked = True
            await (asyncio.Event() if self._is_flooded() else self._free).wait()
            self.blocked = False
            if self.cut:
                raise ConnectionResetError("the connection is gone")
            self._note(message)
            if self._takes_the_head_alone and message["type"] == "http.response.start":
                self.fill()
            await send(message)

        # As headers travel: not in UTF-8.
        headers = [(name, value.decode().encode("latin-1")) for name, value in scope["headers"]]
        await self._application({**scope, "headers": headers}, receive, limited)

    @property
    def seconds(self) -> float:
        """How long ago the request was made."""
        return round(asyncio.get_running_loop().time() - self._started_s, 3)

    def _is_flooded(self) -> bool:
        at_s, count = self._at_this_moment
        self._at_this_moment = self.seconds, count + 1 if at_s == self.seconds else 1
        return self._at_this_moment[1] > FLOOD

    def _note(self, message: Message) -> None:
        self.messages.append(message)
        if message["type"] == "http.response.body":
            self.received += message.get("body", b"")
            self.read.feed(message.get("body", b""), at_s=self.seconds)
