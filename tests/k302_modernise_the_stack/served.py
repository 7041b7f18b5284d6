"""The site, served with some of its middleware by one of Django's handlers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dojo.instruments.adaptations import Adaptations
from dojo.instruments.hops import Hops
from dojo.instruments.service import Service
from katas.k302_modernise_the_stack.settings import MIDDLEWARE
from tests.k302_modernise_the_stack.asking import Answer, put, put_at_once
from tests.k302_modernise_the_stack.handlers import SERVERS, Ask
from tests.k302_modernise_the_stack.modes import noting_loops

if TYPE_CHECKING:
    from pytest_django import Settings

PATHS = {path.rpartition(".")[2]: path for path in MIDDLEWARE}
#: Threads for code that is not thread-sensitive, while more readers than that are waiting.
THREADS = 2
READERS = ("rain", "fog", "ice")


class Site:
    """The site with *names* of the newsroom's middleware, and no other, behind one handler."""

    def __init__(self, handler: str, settings: Settings, *names: str) -> None:
        self.handler = handler
        self.settings = settings
        self.names = names

    def ask(self, url: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Put one request to a handler that has just been started."""
        self.settings.MIDDLEWARE = [PATHS[name] for name in self.names]
        ask = Ask(url, tuple((headers or {}).items()))
        (answer,) = put(self.handler, ask)
        return Reply(answer, f"{ask}, by {self.handler} with {' and '.join(self.names)}")


@dataclass(frozen=True)
class Reply:
    """An answer that can be compared with what was expected."""

    answer: Answer
    call: str

    def expect(self, status: int, body: str | None = None, **headers: str | None) -> None:
        """Compare status, body and the headers that are named; None stands for no such header.

        Raises:
            AssertionError: With the call, what came, and what was expected.
        """
        __tracebackhide__ = True
        answer = self.answer
        assert answer.status == status, f"{self.call}: {answer}; expected {status}."
        assert body is None or answer.body == body, (
            f"{self.call}: {answer}, with the body {answer.page}; expected {body!r}."
        )
        for name, value in headers.items():
            header = name.replace("_", "-")
            found = answer.headers.get(header.lower())
            assert found == value, (
                f"{self.call}: {answer}, with {header}: {found}; expected {header}: {value}."
            )


def expect_no_adaptation(
    name: str, settings: Settings, adaptations: Adaptations, *, task: int
) -> None:
    """Have one middleware serve a page under each server, with nothing for Django to adapt."""
    __tracebackhide__ = True
    for handler in SERVERS:
        reply = Site(handler, settings, name).ask("/imprint/")
        assert not adaptations, adaptations.explain(reply.call, expected="none", task=task)
        reply.expect(200)


def expect_no_thread_to_wait(
    name: str, settings: Settings, desks: Service, *, query: str = "", task: int
) -> None:
    """Let three readers wait for async views at a time, with threads for fewer."""
    __tracebackhide__ = True
    settings.MIDDLEWARE = [PATHS[name]]
    asks = [Ask(f"/stories/{slug}/{query}") for slug in READERS]

    for ask, answer in zip(asks, put_at_once(*asks, threads=THREADS), strict=True):
        Reply(answer, f"{ask}, one of {len(asks)} at once, by ASGIHandler with {name}").expect(200)

    assert desks.peak_in_flight == len(READERS), desks.explain(
        f"{len(READERS)} x GET /stories/…/{query} at once, by ASGIHandler with {name}, which share "
        f"one thread for thread-sensitive code and {THREADS} for other code",
        expected=f"{len(READERS)} in flight together",
        task=task,
    )


def expect_no_bridge(
    site: Site, ask: Ask, status: int, hops: Hops, *, at_most: int = 0, task: int
) -> None:
    """Have a page served in sync mode, where nothing has to go to a loop, or from one to a thread.

    Args:
        at_most: How often it may go there and back.
    """
    __tracebackhide__ = True
    with hops.during() as taken, noting_loops() as (loops, around):
        reply = site.ask(ask.url, dict(ask.headers))

    expected = f"at most {at_most}, for the database" if at_most else "none"
    assert len(taken) <= at_most, taken.explain(reply.call, expected=expected, task=task)
    assert len(loops) <= at_most, loops.explain(reply.call, expected=expected, task=task)
    assert not around, around.explain(reply.call, expected="none", task=task)
    reply.expect(status)


def expect_mode_of_get_response(name: str, settings: Settings) -> None:
    """Have a sync page served in sync mode by code that an event loop's thread happens to run."""
    __tracebackhide__ = True
    site = Site("Client", settings, name)

    async def on_a_loop() -> Reply:
        return site.ask("/imprint/")

    reply = asyncio.run(on_a_loop())
    Reply(reply.answer, f"{reply.call}, called while an event loop runs").expect(200)
