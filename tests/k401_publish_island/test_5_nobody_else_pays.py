"""Nobody else pays: no other thread, and no row of another task."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import DEFAULT_DB_ALIAS, connections

from dojo.instruments.orm_guard import Queries
from dojo.instruments.rendezvous import settle
from katas.k401_publish_island.models import AuditEntry
from katas.newsroom.models import Article, Author
from tests.k401_publish_island.moments import holding_a_write, in_one_request
from tests.k401_publish_island.newsroom import SUITE, Press, noting_the_requests_thread

pytestmark = SUITE


@pytest.mark.task(5)
async def test_all_on_the_requests_thread(draft: Article, press: Press, queries: Queries) -> None:
    """All queries run on the thread that Django has given to the request."""
    with noting_the_requests_thread() as its_own, queries.during() as sent:
        answer = await press()

    strangers = Queries(query for query in sent if query.thread_id not in its_own)
    assert not strangers, strangers.explain(
        f"{answer}, outside of the request's own thread", expected="none there", task=5
    )


@pytest.mark.task(5)
async def test_other_tasks_keep_their_rows(
    draft: Article, press_on_one_thread: Press, fail_nth_write: Callable[..., Any]
) -> None:
    """What another task of the request stores meanwhile stays, when publishing fails."""

    async def store_an_author() -> None:
        await held.reached.wait()
        storing = asyncio.create_task(Author.objects.acreate(name="Ada"))
        # By now its INSERT is in line for the thread, which the held write occupies.
        await settle()
        held.let_go()
        await storing

    async with in_one_request():
        with fail_nth_write(1, AuditEntry), holding_a_write() as held:
            other = asyncio.create_task(store_an_author())
            answer = await press_on_one_thread()
            held.reached.set()
            await other

    authors = await sync_to_async(committed_authors)()
    assert authors == 1, (
        f"{answer}; meanwhile another task of this request stored an author, without an error; "
        f"afterwards the database has {authors} authors; expected 1.{answer.cause}"
    )


def committed_authors() -> int:
    """Count the authors that everybody sees."""
    other = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        with other.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM {Author._meta.db_table}")
            return int(cursor.fetchone()[0])
    finally:
        other.close()


@pytest.mark.task(5)
async def test_no_transaction_stays_open(
    draft: Article, press_on_one_thread: Press, fail_nth_write: Callable[..., Any]
) -> None:
    """When publishing has failed, no transaction is open in the thread that others use next."""
    with fail_nth_write(1, AuditEntry):
        answer = await press_on_one_thread()

    assert not answer.left_open, (
        f"{answer}, and left a transaction open in the thread of the ORM; expected none, because "
        f"the next task on that thread gets the same connection.{answer.cause}"
    )
