"""What the pages cost: hops and queries that do not grow with the rows, and no rows to count."""

from collections.abc import Awaitable, Callable

import pytest
from asgiref.sync import sync_to_async

from tests.k201_sync_only_triage.asking import Add, Announcement, Cost, most_rows

pytestmark = [
    pytest.mark.urls("katas.k201_sync_only_triage.urls"),
    pytest.mark.django_db(transaction=True),
]

MOST_HOPS = 8
MOST_ROWS = 5

CostOf = Callable[[str, str], Awaitable[Cost]]


async def fill(add: Add, numbers: range) -> None:
    """Add a published article and a draft for each number; the newest one has as many tags."""
    *older, newest = (f"Story {number}" for number in numbers)
    tags = tuple(f"tag-{number:02}" for number in numbers)
    await add(*older, status="published", author="Ida")
    await add(newest, status="published", author="Ida", day=numbers[-1], tags=tags)
    await add(*(f"Draft {number}" for number in numbers), status="draft", author="Max")


def check_hops(cost: Cost) -> None:
    """Fail if a request made too many hops."""
    assert cost.extra_hops <= MOST_HOPS, (
        f"{cost.request} (20 articles with 20 tags, 20 drafts) made {cost.extra_hops} hops to a "
        f"thread more than an empty view; expected at most {MOST_HOPS}.{cost.list_hops()}"
    )


@pytest.mark.task(2)
async def test_the_desk_needs_few_hops(cost_of: CostOf, add: Add) -> None:
    """The desk goes to a thread a few times, however many articles and tags there are."""
    await fill(add, range(1, 21))

    check_hops(await cost_of("GET", "/desk/"))


@pytest.mark.task(3)
async def test_the_drafts_need_few_hops(cost_of: CostOf, add: Add) -> None:
    """The drafts go to a thread a few times, however many there are."""
    await fill(add, range(1, 21))

    check_hops(await cost_of("GET", "/drafts/"))


@pytest.mark.task(4)
async def test_publishing_needs_few_hops(
    cost_of: CostOf, add: Add, announced: list[Announcement]
) -> None:
    """Publishing goes to a thread a few times, however many articles there are."""
    await fill(add, range(1, 21))

    check_hops(await cost_of("POST", "/publish/draft-1/"))


async def check_queries(cost_of: CostOf, add: Add, url: str) -> None:
    """Fail if a page sends more queries for more rows."""
    await fill(add, range(1, 3))
    few = len((await cost_of("GET", url)).queries)
    await fill(add, range(3, 21))
    many = await cost_of("GET", url)

    assert len(many.queries) <= few, (
        f"GET {url} sent {few} queries for 2 articles and 2 drafts, {len(many.queries)} for 20 and "
        f"20; expected no more.{many.list_queries()}"
    )


@pytest.mark.task(2)
async def test_the_desk_asks_for_all_at_once(cost_of: CostOf, add: Add) -> None:
    """The desk sends as many queries for 20 articles as for 2, in whichever thread."""
    await check_queries(cost_of, add, "/desk/")


@pytest.mark.task(3)
async def test_the_drafts_ask_for_all_at_once(cost_of: CostOf, add: Add) -> None:
    """The drafts send as many queries for 20 of them as for 2, in whichever thread."""
    await check_queries(cost_of, add, "/drafts/")


@pytest.mark.task(2)
async def test_the_database_counts(cost_of: CostOf, add: Add) -> None:
    """Of 30 published articles, GET /desk/ fetches the latest, and not all to count them."""
    await add(*(f"Story {number}" for number in range(29)), status="published")
    await add("New story", status="published", day=2, author="Ida", tags=("city", "mayor"))
    await add("Half a story", status="draft")

    cost = await cost_of("GET", "/desk/")

    rows, query = await sync_to_async(most_rows)(cost.queries)
    assert rows <= MOST_ROWS, (
        f"GET /desk/ with 30 published articles, 1 draft, 2 tags: a query asked for {rows} rows; "
        f"expected the database to count, and to send the latest article alone.\n  {query}"
    )
