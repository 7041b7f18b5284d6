"""An evening under embargo: partners who wait for stories, and what is open meanwhile."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any

import pytest
from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.urls import path

from dojo.instruments import learner
from dojo.instruments.asgi import Conversations
from dojo.instruments.connections import Connection, Connections
from katas.k604_release_the_connection import views
from katas.k604_release_the_connection.partners import partners_only
from katas.newsroom.models import Article
from tests.k604_release_the_connection.calls import Call, NotedEmbargo
from tests.k604_release_the_connection.ledger import listed, still_open

SUITE = [pytest.mark.django_db(transaction=True), pytest.mark.database("file")]

SLUG = "harbour"
TOKEN = "t0ken-of-the-gazette"
# Moments during an embargo, off any grid.
SOON_S, HALFWAY_S, LATE_S = 1.037, 1800.037, 3599.937


class Agency:
    """The site: the view behind the door for partners, with an embargo that takes notes."""

    def __init__(self, asgi: Conversations, connections_opened: Connections) -> None:
        view = partners_only(self._noting(views.story))
        self.urlpatterns = [path("stories/<slug:slug>/", view)]
        self._asgi = asgi
        self._opened = self._watched = connections_opened
        # By the number that each request carries: two of them may be for one story.
        self._calls: dict[str, tuple[NotedEmbargo, list[str]]] = {}
        self._door: list[Connection] = []

    @property
    def is_async(self) -> bool:
        """Whether the view can be awaited."""
        return iscoroutinefunction(views.story)

    @asynccontextmanager
    async def call(
        self, slug: str = SLUG, *, error: ConnectionError | None = None
    ) -> AsyncIterator[Call]:
        """Let a partner ask for a story; *error*: what the embargo ends with."""
        embargo, left = NotedEmbargo(error, lambda: self._watched), list[str]()
        number = str(len(self._calls))
        self._calls[number] = embargo, left
        headers = {"x-token": TOKEN, "x-number": number}
        async with self._asgi("GET", f"/stories/{slug}/", headers=headers) as conversation:
            yield Call(slug, conversation, embargo, left)

    @contextmanager
    def connections(self) -> Iterator["Held"]:
        """Watch the connections that are opened inside of the block, in whichever thread."""
        with self._opened.during() as opened:
            self._watched = opened
            yield Held(opened, self._door)

    def _noting(self, view: Any) -> Any:
        @wraps(view)
        async def noted(request: HttpRequest, slug: str) -> Any:
            # What no line of the view's file has opened by now, the door has.
            self._door += [one for one in self._watched if one.kept and one.spot is None]
            embargo, left = self._calls[request.headers["x-number"]]
            try:
                response = await view(request, slug=slug, embargo=embargo)
            except BaseException as error:
                left.append(f"the view raised {learner.told(error)}")
                raise
            left.append("the view returned an answer")
            return response

        return noted


@dataclass(frozen=True)
class Held:
    """The connections that the requests have opened."""

    opened: Connections
    #: Those that `partners_only` has opened.
    door: list[Connection]

    def expect_none_open(self, call: object, when: str, *, task: int) -> None:
        """Fail if one of them is open."""
        __tracebackhide__ = True
        held: list[Connection] = still_open(self.opened)
        if held:
            pytest.fail(
                f"{call}, {when}: {len(held)} of {len(self.opened)} opened connections still "
                f"open; expected none. (task {task}){listed(held, self.door)}",
                pytrace=False,
            )


def told(slug: str, body: str, title: str | None = None) -> dict[str, str]:
    """Return what is answered for a story."""
    return {"slug": slug, "title": title or slug.title(), "body": body}


async def write(slug: str, body: str, title: str | None = None) -> None:
    """Store a story, or correct it."""
    await Article.objects.aupdate_or_create(
        slug=slug, defaults={"title": title or slug.title(), "body": body}
    )
