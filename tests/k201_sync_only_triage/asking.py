"""What the tests of the desk share: a request whose error is told, and how to tell what it cost."""

from collections import Counter
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import pytest
from django.db import connection

from dojo.instruments import learner, statements
from dojo.instruments.hops import Hops
from dojo.instruments.orm_guard import Queries


class Add(Protocol):
    """Adds articles: ``await add("Half a story", status="draft", author="Ida")``."""

    async def __call__(
        self,
        *titles: str,
        status: str,
        author: str = "",
        tags: tuple[str, ...] = (),
        day: int = 1,
        withdrawn: bool = False,
    ) -> None:
        """Add an article for each title, each with an author of its own."""


class Visit(Protocol):
    """Sends a request: ``await visit("GET", "/desk/")``."""

    async def __call__(self, method: str, url: str) -> Any:
        """Return the response."""


class Announcement(NamedTuple):
    """What went to the agencies, and what the database knew at that moment."""

    title: str
    status: str
    in_transaction: bool


@dataclass(frozen=True)
class Cost:
    """What a request took, and what an empty view takes."""

    request: str
    hops: Hops
    of_django: Hops
    queries: Queries

    @property
    def extra_hops(self) -> int:
        """How many hops more than an empty view the request made."""
        return self.hops.above(self.of_django)

    def list_hops(self) -> str:
        """Return those hops, each line of code once."""
        mine = Counter(map(str, self.hops))
        mine.subtract(Counter(map(str, self.of_django)))
        return listed(mine)

    def list_queries(self) -> str:
        """Return the queries, each line of code once."""
        return listed(
            Counter(
                f"{statements.shorten(q.sql)}{f' at {q.spot}' * bool(q.spot)}" for q in self.queries
            )
        )


def listed(times: Counter[str]) -> str:
    """Return lines that say how often each thing happened."""
    return "".join(f"\n  {number:>3} × {what}" for what, number in times.items() if number > 0)


async def answer(call: str, awaitable: Awaitable[Any]) -> Any:
    """Await what *call* returned; an error fails with the line that it came through."""
    try:
        return await awaitable
    except Exception as error:
        raised = learner.told(error)
    pytest.fail(f"{call} raised {raised}\nExpected an answer.", pytrace=False)


def most_rows(queries: Queries) -> tuple[int, str]:
    """Send each SELECT again; return the highest number of rows that came, and its query."""
    brought = [(0, "")]
    with connection.cursor() as cursor:
        for query in list(queries.matching("SELECT")):
            params: Any = query.params
            cursor.execute(query.sql, params)
            # The columns are many, and not the point.
            gist = f"SELECT … FROM{query.sql.partition(' FROM')[2]}"
            brought.append(
                (len(cursor.fetchall()), f"{gist}{f' at {query.spot}' * bool(query.spot)}")
            )
    return max(brought)
