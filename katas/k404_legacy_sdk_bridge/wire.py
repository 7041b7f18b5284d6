"""The wire agency's SDK, as its vendor ships it. Given; nobody here can change it."""

import threading
import time


class WireError(Exception):
    """The agency has answered with an error, or not at all."""


class Misuse(Exception):  # noqa: N818 - the vendor's name for it
    """The client was used on another thread than the one it was made on, or after `close`."""


class WireClient:
    """A connection to the agency. It waits for every answer, and is not thread-safe.

    Making one logs in, and the licence covers one login at a time. Everything belongs to the thread
    that it was made on: `fetch` and `close` refuse to work on another one.
    """

    def __init__(self) -> None:
        self._thread = threading.current_thread()
        self._closed = False
        self._exchange("login")

    @property
    def closed(self) -> bool:
        """Whether `close` has been called."""
        return self._closed

    def fetch(self, number: int) -> str:
        """Return the story with that number.

        Raises:
            WireError: There is none, or the agency does not answer.
            Misuse: See there.
        """
        self._check(f"fetch({number})")
        return self._exchange(f"fetch({number})")

    def close(self) -> None:
        """Log out. It may fail; the client is closed nevertheless.

        Raises:
            WireError: The agency does not answer.
            Misuse: See there.
        """
        self._check("close()")
        self._closed = True
        self._exchange("close()")

    def _check(self, call: str) -> None:
        here = threading.current_thread()
        if here is not self._thread:
            raise Misuse(
                f"{call} on thread {here.name}; this client belongs to {self._thread.name}"
            )
        if self._closed:
            raise Misuse(f"{call} after close()")

    def _exchange(self, message: str) -> str:
        time.sleep(0.2)
        return f"What the wire has on {message}"
