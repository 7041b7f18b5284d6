"""Articles to read, a reader who counts, and the rows that a view made the database send."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import AsyncClient

from dojo.instruments.orm_guard import Queries
from katas.newsroom.models import Article

MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)


@dataclass(frozen=True)
class Reading:
    """An answer, its queries, and which of these brought the most rows."""

    url: str
    response: Any
    queries: Queries
    most_rows: int
    greediest: str

    def says(self, key: str) -> object:
        """Return what the answer, in JSON and with status 200, says under *key*."""
        assert self.response.status_code == 200, (
            f"GET {self.url} answered {self.response.status_code}; expected 200."
        )
        shown: object = self.response.json().get(key, "<missing>")
        return shown

    def takes(self, *, queries: int, rows: int) -> None:
        """Check what the answer took at most."""
        assert len(self.queries) <= queries, self.queries.explain(
            f"GET {self.url}", expected=f"at most {queries}"
        )
        # One more is allowed, to see whether anything follows.
        assert self.most_rows <= rows + 1, (
            f"GET {self.url}: a query brought {self.most_rows} rows; expected at most {rows}, or "
            f"{rows + 1} to look ahead. The query:\n  {self.greediest}"
        )


Read = Callable[[str], Awaitable[Reading]]


@pytest.fixture
def read(async_client: AsyncClient, queries: Queries) -> Read:
    """Return a function that sends GET and measures it."""

    async def get(url: str) -> Reading:
        try:
            with queries.during() as sent:
                response = await async_client.get(url)
        except Article.DoesNotExist as error:
            raised = f"Article.DoesNotExist: {error}"
        else:
            return Reading(url, response, sent, *await sync_to_async(most_rows)(sent))
        pytest.fail(f"GET {url} raised {raised} Expected an answer.", pytrace=False)

    return get


def most_rows(queries: Queries) -> tuple[int, str]:
    """Send each SELECT again; return the highest number of rows that came, and its query."""
    brought = [(0, "")]
    with connection.cursor() as cursor:
        for query in list(queries.matching("SELECT")):
            params: Any = query.params
            cursor.execute(query.sql, params)
            # The columns are many, and not the point.
            brought.append(
                (len(cursor.fetchall()), f"SELECT … FROM{query.sql.partition(' FROM')[2]}")
            )
    return max(brought)


@pytest.fixture
def publish() -> Callable[..., Awaitable[list[str]]]:
    """Return a function that adds articles and returns their slugs, the newest first."""

    async def add(
        number: int, *, same_moment: bool = False, status: str = "published"
    ) -> list[str]:
        # Not in the order of their keys: neither the first nor the last that was added is newest.
        places = sorted(range(number), key=lambda place: (place * 7 + 3) % number)
        rows = [
            Article(
                slug=f"{status}-{place:02}-{secrets.token_hex(2)}",
                status=status,
                published_at=MONDAY - timedelta(hours=0 if same_moment else place),
            )
            for place in places
        ]
        for row in rows:
            row.title, row.body = f"Title of {row.slug}", f"Body of {row.slug}"
        await Article.objects.abulk_create(rows)
        return sorted(row.slug for row in rows)

    return add
