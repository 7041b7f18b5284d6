"""A reader who goes away in the middle, and what is heard of the generator afterwards."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from dojo.instruments import learner
from dojo.instruments.asgi import DjangoApplication, scope_of
from tests.k601_csv_stream.reading import forget


async def leave(url: str, *, after: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Read *url*, and go while the piece after *after* of them is being sent.

    Returns:
        What generators raised when they were closed, in words.
    """
    inbox: asyncio.Queue[Any] = asyncio.Queue()
    inbox.put_nowait({"type": "http.request", "body": b""})
    left = after

    async def send(message: Any) -> None:
        nonlocal left
        if message.get("body"):
            left -= 1
            if left < 0:
                inbox.put_nowait({"type": "http.disconnect"})
            # Django gives up waiting when it hears of it.
            await asyncio.sleep(1)

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
