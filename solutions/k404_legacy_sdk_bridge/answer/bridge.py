"""An async bridge to the wire agency's SDK."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from katas.k404_legacy_sdk_bridge.wire import WireClient


class Busy(Exception):  # noqa: N818 - what is the case, as in the vendor's own names
    """As many calls as may be are under way or waiting already."""


class WireBridge:
    """Async access to one client, which lives on a thread of the bridge's own.

    Args:
        connect: Makes the client. It blocks, and may fail.
        most: So many calls may be unfinished at a time: the one under way, and those that wait.
    """

    def __init__(self, connect: Callable[[], WireClient], *, most: int) -> None:
        self._connect = connect
        self._most = most
        # Starts its thread at the first call.
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="wire")
        self._unfinished: set[Future[str]] = set()
        self._closing = False
        # Only the executor's thread touches it.
        self._client: WireClient | None = None

    async def story(self, number: int) -> str:
        """Return what `WireClient.fetch` answers for *number*.

        Raises:
            Busy: There are too many already; nothing was asked of the agency.
            RuntimeError: The bridge has been closed.
            Exception: What `connect` or the client has raised, as it is.
        """
        if self._closing:
            raise RuntimeError("the bridge is closed")
        if len(self._unfinished) >= self._most:
            raise Busy(f"{self._most} calls are under way or waiting")
        call = self._executor.submit(self._fetch, number)
        # Not by a `finally` here: a call whose caller has left still occupies the thread.
        self._unfinished.add(call)
        call.add_done_callback(self._unfinished.discard)
        return await asyncio.wrap_future(call)

    async def aclose(self) -> None:
        """Take no more calls, finish those that were accepted, close the client, end the thread.

        Raises:
            Exception: What the client's `close` has raised, as it is.
        """
        if self._closing:
            return
        self._closing = True
        closed = self._executor.submit(self._close)
        # Does what it has taken, then ends its thread.
        self._executor.shutdown(wait=False)
        # A server that gives up waiting must not take the close itself with it.
        await asyncio.shield(asyncio.wrap_future(closed))

    def _fetch(self, number: int) -> str:
        if self._client is None:
            self._client = self._connect()
        return self._client.fetch(number)

    def _close(self) -> None:
        if self._client is not None:
            self._client.close()
