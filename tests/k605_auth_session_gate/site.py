"""Visitors of the site, each with the cookies of a browser of its own, and what they get."""

import gc
import json
import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import pytest
from asgiref.sync import iscoroutinefunction
from django.core.signals import got_request_exception
from django.urls import resolve

from dojo.instruments import learner
from dojo.instruments.asgi import Conversations

COOKIE = "sessionid"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    """What came back, and what was raised, if Django made an error page of it."""

    call: str
    status: int
    content: dict[str, Any]
    raised: str = ""
    cookies: frozenset[str] = frozenset()

    def __str__(self) -> str:
        cause = f" (raised: {self.raised})" if self.raised else ""
        return f"{self.call} answered {self.status}{cause}"

    def expect(self, status: int, *, task: int, why: str = "", **content: object) -> None:
        """Compare the status and those entries of the JSON that are named.

        Raises:
            AssertionError: With the call, what came, and what was expected.
        """
        __tracebackhide__ = True
        reason = f": {why}" if why else ""
        assert self.status == status, f"{self}; expected {status}{reason}. (task {task})"
        for name, value in content.items():
            found = self.content.get(name, "<missing>")
            # By type as well: 1 and true are equal to Python, and not to who reads the JSON.
            assert json.dumps(found) == json.dumps(value), (
                f"{self}, with {name} {found!r}; expected {name} {value!r}{reason}. (task {task})"
            )


@dataclass
class Visitor:
    """Somebody with a browser, which sends back the cookies that it has been given."""

    site: Conversations
    name: str
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The key of the visitor's session; empty if the browser has none."""
        return self.cookies.get(COOKIE, "")

    async def get(self, url: str) -> Answer:
        """Ask for a page."""
        return await self.ask("GET", url)

    async def post(self, url: str, **fields: str) -> Answer:
        """Send a form."""
        return await self.ask("POST", url, fields)

    async def ask(self, method: str, url: str, fields: Mapping[str, str] | None = None) -> Answer:
        """Send a request through the ASGI application, and keep the cookies that come back."""
        headers = {"cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
        body = urlencode(fields or {}).encode()
        if fields is not None:
            headers["content-type"] = FORM
        with noting_errors() as raised:
            async with self.site(method, url, body=body, headers=headers) as conversation:
                response = await conversation.response()
        set_cookies = SimpleCookie()
        for name, value in conversation.sent[0]["headers"]:
            if name.lower() == b"set-cookie":
                set_cookies.load(value.decode())
        for name, morsel in set_cookies.items():
            self.cookies[name] = morsel.value
            if not morsel.value or morsel["max-age"] == "0":
                del self.cookies[name]
        call = f"{method} {url} as {self.name}"
        content = content_of(response.headers.get("Content-Type", ""), response.body)
        return Answer(
            call, int(response.status), content, "".join(raised[:1]), frozenset(set_cookies)
        )


def content_of(kind: str, body: bytes) -> dict[str, Any]:
    """Return the JSON object in *body*; an empty one if there is none."""
    content = json.loads(body) if body and kind.startswith("application/json") else None
    return content if isinstance(content, dict) else {}


@contextmanager
def noting_errors() -> Iterator[list[str]]:
    """Give what is raised inside the block and made an error page of."""
    raised: list[str] = []

    def note(**kwargs: object) -> None:
        if error := sys.exc_info()[1]:
            raised.append(learner.told(error))

    got_request_exception.connect(note)
    try:
        yield raised
    finally:
        got_request_exception.disconnect(note)


def expect_async(url: str, *, task: int) -> None:
    """Fail if what the URLconf calls for *url* is a sync view."""
    __tracebackhide__ = True
    view = resolve(url).func
    assert iscoroutinefunction(view), (
        f"what the URLconf calls for {url} is a sync function; expected an async one. (task {task})"
    )


def let_go(caplog: pytest.LogCaptureFixture) -> None:
    """Keep the text alone of what was logged, and let go of the errors in it.

    What they hold, such as a coroutine that was never awaited, is judged in this test then, and not
    in the next one.
    """
    held: list[logging.LogRecord] = [record for record in caplog.records if record.exc_info]
    for record in held:
        record.msg, record.args = record.getMessage(), None
        record.exc_text = "".join(traceback.format_exception(*(record.exc_info or ())))
        record.exc_info = None
    if held:
        gc.collect()
