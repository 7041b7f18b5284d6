"""A reader who goes away in the middle, and what is heard of the generator afterwards."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from dojo.instruments import learner
from dojo.instruments.asgi import DjangoApplication, scope_of
from tests.k601_csv_stream.reading import articles_in, forget

Send = Callable[[Any], Awaitable[None]]

GONE = {"type": "http.disconnect"}


async def leave(url: str, *, after: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Read *url*, and go while the piece after *after* of them is being sent.

    Returns:
        What generators raised when they were closed, in words.
    """
    inbox: asyncio.Queue[Any] = asyncio.Queue()
    left = after

    async def send(message: Any) -> None:
        nonlocal left
        if message.get("body"):
            left -= 1
            if left < 0:
                inbox.put_nowait(GONE)
            # Django gives up waiting when it hears of it.
            await asyncio.sleep(1)

    return await _serve(url, inbox, send, monkeypatch)


async def leave_in_a_fetch(
    url: str, *, after_s: float, monkeypatch: pytest.MonkeyPatch
) -> list[Any]:
    """Read *url*, and go *after_s* seconds after the first articles, when others are fetched.

    Returns:
        The messages that the server was sent after that.
    """
    inbox: asyncio.Queue[Any] = asyncio.Queue()
    going: asyncio.TimerHandle | None = None
    has_gone = False
    late: list[Any] = []

    def go() -> None:
        nonlocal has_gone
        has_gone = True
        inbox.put_nowait(GONE)

    async def send(message: Any) -> None:
        nonlocal going
        if has_gone:
            late.append(message)
        elif going is None and articles_in(message.get("body", b"").decode(errors="replace")):
            going = asyncio.get_running_loop().call_later(after_s, go)

    await _serve(url, inbox, send, monkeypatch)
    return late


async def _serve(
    url: str, inbox: asyncio.Queue[Any], send: Send, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Serve a request to its end; return what generators raised when they were closed."""
    inbox.put_nowait({"type": "http.request", "body": b""})
    with hearing(monkeypatch) as heard:
        try:
            await DjangoApplication()(
                scope_of("GET", url, [("host", "testserver")]), inbox.get, send
            )
        except Exception as error:
            told = learner.told(error)
            forget(error)
            pytest.fail(f"GET {url} raised {told}\nExpected a file.", pytrace=False)
        # Nobody closes the generator: the loop does when it is collected.
        for _ in range(2):
            gc.collect()
            await asyncio.sleep(1)
        gc.collect()
    return heard


@contextmanager
def hearing(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Hear what generators raise when they are closed, and let pass what SQLite says of that.

    A cursor that is collected after its connection has been closed can't be closed any more; see
    "What Django leaves to chance" in the notes.
    """
    heard: list[str] = []
    loop = asyncio.get_running_loop()

    def hear(loop: Any, context: dict[str, Any]) -> None:
        if isinstance(error := context.get("exception"), RuntimeError):
            heard.append(str(error))

    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: None)
    before = loop.get_exception_handler()
    loop.set_exception_handler(hear)
    try:
        yield heard
    finally:
        loop.set_exception_handler(before)
