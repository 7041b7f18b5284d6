"""The site, served with some of its middleware by one of Django's handlers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dojo.instruments.adaptations import Adaptations
from dojo.instruments.hops import Hops
from dojo.instruments.service import Service
from katas.k302_modernise_the_stack.settings import MIDDLEWARE
from tests.k302_modernise_the_stack.asking import Answer, put, put_at_once
from tests.k302_modernise_the_stack.handlers import SERVERS, Ask

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


class Reply:
    """An answer that can be compared with what was expected."""

    def __init__(self, answer: Answer, call: str) -> None:
        self.answer = answer
        self.call = call

    def expect(self, status: int, body: str | None = None, **headers: str | None) -> None:
        """Compare status, body and the headers that are named; None stands for no such header.

        Raises:
            AssertionError: With the call, what came, and what was expected.
        """
        __tracebackhide__ = True
        answer = self.answer
        assert answer.status == status, f"{self.call}: {answer}; expected {status}."
        assert body is None or answer.body == body, (
            f"{self.call}: {answer}, with the body {answer.body!r}; expected {body!r}."
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


def expect_no_thread_to_wait(name: str, settings: Settings, desks: Service, *, task: int) -> None:
    """Let three readers wait for async views at a time, with threads for fewer."""
    __tracebackhide__ = True
    settings.MIDDLEWARE = [PATHS[name]]

    put_at_once(*(Ask(f"/stories/{slug}/") for slug in READERS), threads=THREADS)

    assert desks.peak_in_flight == len(READERS), desks.explain(
        f"{len(READERS)} x GET /stories/…/ at once, by ASGIHandler with {name}, which share one "
        f"thread for thread-sensitive code and {THREADS} for other code",
        expected=f"{len(READERS)} in flight together",
        task=task,
    )


def expect_no_hop(name: str, settings: Settings, hops: Hops, *, at_most: int, task: int) -> None:
    """Have a sync page served in sync mode, where nothing has to go from a loop to a thread."""
    __tracebackhide__ = True
    site = Site("Client", settings, name)

    with hops.during() as taken:
        reply = site.ask("/imprint/")

    expected = f"at most {at_most}, for the database" if at_most else "none"
    assert len(taken) <= at_most, taken.explain(reply.call, expected=expected, task=task)
    reply.expect(200)
