"""An async bridge to the wire agency's SDK. Edit this file; the brief is in README.md."""

from collections.abc import Callable

from katas.k404_legacy_sdk_bridge.wire import WireClient


class Busy(Exception):  # noqa: N818 - what is the case, as in the vendor's own names
    """As many calls as may be are under way or waiting already."""


class WireBridge:
    """Async access to one client, which lives on a thread of the bridge's own.

    Args:
        connect: Makes the client. It blocks, and may fail.
        most: So many calls may be unfinished at a time: the one under way, and those that wait.

    TODO (task 1): a thread, which is not started before the first call.
    """

    def __init__(self, connect: Callable[[], WireClient], *, most: int) -> None:
        self._connect = connect
        self._most = most

    async def story(self, number: int) -> str:
        """Return what `WireClient.fetch` answers for *number*.

        TODO (tasks 1 to 3).

        Raises:
            Busy: There are too many already; nothing was asked of the agency.
            RuntimeError: The bridge has been closed.
            Exception: What `connect` or the client has raised, as it is.
        """
        raise NotImplementedError("task 1: give it a thread of its own")

    async def aclose(self) -> None:
        """Take no more calls, finish those that were accepted, close the client, end the thread.

        TODO (task 4).

        Raises:
            Exception: What the client's `close` has raised, as it is.
        """
        raise NotImplementedError("task 4: close behind you")
