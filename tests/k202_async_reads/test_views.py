"""What holds for all four views: async, few hops, and an outage that is not hidden."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import iscoroutinefunction
from django.db import OperationalError
from django.test import AsyncClient
from django.urls import resolve

from dojo.instruments import statements
from dojo.instruments.hops import Hops
from tests.k202_async_reads.reading import Publish, explain

pytestmark = [
    pytest.mark.urls("katas.k202_async_reads.urls"),
    pytest.mark.django_db(transaction=True),
]

MOST_HOPS = 6

Check = Callable[[str], Awaitable[None]]


def check_async(url: str) -> None:
    """Fail if the view at *url* is a plain function."""
    assert iscoroutinefunction(resolve(url).func), (
        f"iscoroutinefunction is False for the view at {url}; expected an async view."
    )


@pytest.fixture
def check_hops(hops_of: Callable[[str], Awaitable[tuple[Hops, Hops]]]) -> Check:
    """Return a function that fails if a page makes too many hops."""

    async def check(url: str) -> None:
        seen, empty = await hops_of(url)
        assert seen.above(empty) <= MOST_HOPS, explain(seen, empty, url, MOST_HOPS)

    return check


class Outage:
    """A database that answers some queries, and after these no statement any more."""

    def __init__(self, answers: int) -> None:
        self.answers = answers
        self.answered = 0
        self.refused = 0

    def __call__(self, execute: statements.Execute, sql: str, *rest: Any) -> Any:
        """Let a statement pass, or refuse it."""
        if self.answered == self.answers:
            self.refused += 1
            raise OperationalError("the database is gone (the test unplugged it)")
        self.answered += statements.verb(sql) in ("SELECT", "WITH")
        return execute(sql, *rest)


async def check_outage(url: str) -> None:
    """Fail if a page that can't ask the database, or only once, is answered like any other."""
    client = AsyncClient(raise_request_exception=False)
    for outage, database in (
        (Outage(0), "a database that raises OperationalError"),
        (Outage(1), "a database that answers one query, then raises OperationalError"),
    ):
        with statements.wrapped(outage):
            status = (await client.get(url)).status_code
        # A page that needs one query does not meet the second outage.
        assert status >= 500 or (outage.answered and not outage.refused), (
            f"GET {url}, with {database}, answered {status}; expected an error 500."
        )


@pytest.mark.task(1)
def test_slugs_is_async() -> None:
    """The view at /slugs/ is a coroutine function."""
    check_async("/slugs/")


@pytest.mark.task(2)
def test_latest_is_async() -> None:
    """The view at /latest/ is a coroutine function."""
    check_async("/latest/")


@pytest.mark.task(3)
def test_article_is_async() -> None:
    """The view at /articles/<slug>/ is a coroutine function."""
    check_async("/articles/any/")


@pytest.mark.task(4)
def test_archive_is_async() -> None:
    """The view at /archive/ is a coroutine function."""
    check_async("/archive/")


@pytest.mark.task(1)
async def test_slugs_needs_few_hops(check_hops: Check, publish: Publish) -> None:
    """The view at /slugs/ goes to a thread a few times, and not for every row."""
    await publish(12)

    await check_hops("/slugs/")


@pytest.mark.task(2)
async def test_latest_needs_few_hops(check_hops: Check, publish: Publish) -> None:
    """The view at /latest/ goes to a thread a few times, and not for every row."""
    await publish(12)

    await check_hops("/latest/")


@pytest.mark.task(3)
async def test_article_needs_few_hops(check_hops: Check, publish: Publish) -> None:
    """The view at /articles/<slug>/ goes to a thread a few times."""
    await check_hops(f"/articles/{(await publish(12))[7]}/")


@pytest.mark.task(4)
async def test_archive_needs_few_hops(check_hops: Check, publish: Publish) -> None:
    """The view at /archive/ goes to a thread a few times, and not for every row."""
    await publish(12)

    await check_hops("/archive/")


@pytest.mark.task(1)
async def test_slugs_shows_an_outage() -> None:
    """If the database fails, the view at /slugs/ fails: a 500, no empty list."""
    await check_outage("/slugs/")


@pytest.mark.task(2)
async def test_latest_shows_an_outage() -> None:
    """If the database fails, the view at /latest/ fails: a 500, no null."""
    await check_outage("/latest/")


@pytest.mark.task(3)
async def test_article_shows_an_outage(publish: Publish) -> None:
    """If the database fails, the view at /articles/<slug>/ fails: a 500, no 404."""
    await check_outage(f"/articles/{(await publish(1))[0]}/")


@pytest.mark.task(4)
async def test_archive_shows_an_outage(publish: Publish) -> None:
    """If the database fails, the view at /archive/ fails: a 500, no empty page."""
    await publish(12)

    await check_outage("/archive/")
