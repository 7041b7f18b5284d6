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
        self.embargo = NotedEmbargo()
        self.urlpatterns = [
            path(
                "stories/<slug:slug>/",
                partners_only(self._noting(views.story)),
                {"embargo": self.embargo},
            )
        ]
        self._asgi = asgi
        self._opened = connections_opened
        self._left: dict[str, list[str]] = {}

    @property
    def is_async(self) -> bool:
        """Whether the view can be awaited."""
        return iscoroutinefunction(views.story)

    @asynccontextmanager
    async def call(self, slug: str = SLUG, token: str = TOKEN) -> AsyncIterator[Call]:
        """Let a partner ask for a story."""
        left = self._left[slug] = []
        url = f"/stories/{slug}/"
        async with self._asgi("GET", url, headers={"x-token": token}) as conversation:
            yield Call(slug, conversation, self.embargo, left)

    @contextmanager
    def connections(self) -> Iterator["Held"]:
        """Watch the connections that are opened inside of the block, in whichever thread."""
        with self._opened.during() as opened:
            yield Held(opened)

    def _noting(self, view: Any) -> Any:
        @wraps(view)
        async def noted(request: HttpRequest, slug: str, **kwargs: Any) -> Any:
            left = self._left[slug]
            try:
                response = await view(request, slug=slug, **kwargs)
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

    def expect_none_open(self, call: object, when: str, *, task: int) -> None:
        """Fail if one of them is open."""
        __tracebackhide__ = True
        held: list[Connection] = still_open(self.opened)
        if held:
            pytest.fail(
                f"{call}, {when}: {len(held)} of {len(self.opened)} opened connections still "
                f"open; expected none. (task {task}){listed(held)}",
                pytrace=False,
            )


def told(slug: str, body: str) -> dict[str, str]:
    """Return what is answered for a story."""
    return {"slug": slug, "title": slug.title(), "body": body}


async def write(slug: str, body: str) -> None:
    """Store a story, or correct it."""
    await Article.objects.aupdate_or_create(
        slug=slug, defaults={"title": slug.title(), "body": body}
    )
