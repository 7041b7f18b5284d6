"""What the tests of the archive share: a reader who counts, and how to tell what was read."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Protocol

import pytest
from django.db import connection
from django.test import AsyncClient

from dojo.instruments import learner
from dojo.instruments.hops import Hops
from dojo.instruments.orm_guard import Queries


class Publish(Protocol):
    """Adds articles: ``slugs = await publish(12)``."""

    async def __call__(
        self, number: int, *, same_moment: bool = False, status: str = "published"
    ) -> list[str]:
        """Return the slugs of the new articles, the newest first."""


class Read(Protocol):
    """Reads a page: ``(await read("/slugs/")).says("slugs")``."""

    async def __call__(self, url: str) -> "Reading":
        """Return the answer, and what it took."""


@dataclass(frozen=True)
class Reading:
    """An answer, its queries, and which of these asked for the most rows."""

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
        limit = "with" if " LIMIT " in self.greediest else "without"
        # One more is allowed, to see whether anything follows.
        assert self.most_rows <= rows + 1, (
            f"GET {self.url}: a query {limit} LIMIT asked for {self.most_rows} rows; expected it "
            f"to ask for {rows} at most, or {rows + 1} to look ahead, in its own LIMIT.\n"
            f"The query:\n  {self.greediest}"
        )


def title_of(slug: str) -> str:
    """Return the title of the article with this slug; titles sort otherwise than slugs."""
    return f"Title {(int(slug[:2]) * 37 + 50) % 100:02} of {slug}"


async def ask(client: AsyncClient, url: str) -> Any:
    """Send GET; whatever comes out instead of an answer fails with the line it came through."""
    try:
        return await client.get(url)
    except Exception as error:
        raised = learner.told(error)
    pytest.fail(f"GET {url} raised {raised}\nExpected an answer.", pytrace=False)


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


def explain(hops: Hops, empty: Hops, url: str, most: int) -> str:
    """Say which hops a page made that an empty view did not, each line of code once."""
    mine = Counter(map(str, hops))
    mine.subtract(Counter(map(str, empty)))
    listing = "".join(f"\n  {times:>3} × {hop}" for hop, times in mine.items() if times > 0)
    return (
        f"GET {url} made {hops.above(empty)} hops to a thread more than an empty view; "
        f"expected at most {most}.{listing}"
    )
