"""The lock: on the article's row, so that others wait, and on no other, so that they need not."""

import pytest
from asgiref.sync import sync_to_async

from dojo.instruments import statements
from dojo.instruments.orm_guard import Queries
from katas.k401_publish_island.models import AuditEntry
from katas.newsroom.models import Article
from tests.k401_publish_island.locks import PublishedMeanwhile, locks_every_article
from tests.k401_publish_island.newsroom import SUITE, Press
from tests.k401_publish_island.test_3_once import MOST_QUERIES, back_to_draft

pytestmark = SUITE


@pytest.mark.task(3)
async def test_locks_the_articles_row(draft: Article, press: Press) -> None:
    """Until the view has locked the article's row, or changed it, another server may publish it."""
    for number in range(1, MOST_QUERIES):
        await sync_to_async(back_to_draft)()
        other = PublishedMeanwhile(number)
        with statements.wrapped(other):
            answer = await press()

        entries = await AuditEntry.objects.acount()
        assert entries < 2 or not other.came, (
            f"{answer.request}: before query {number} of the view, {other.query}, it had neither "
            "locked nor changed the article's row, and another server published the article.\n"
            f"Answered {answer.status} and left {entries} entries; expected 200 and 1."
        )
        if not other.query:
            break


@pytest.mark.task(3)
async def test_locks_no_other_article(draft: Article, press: Press, queries: Queries) -> None:
    """No query locks or changes all articles."""
    with queries.during() as sent:
        answer = await press()

    greedy = Queries(query for query in sent if locks_every_article(query.sql))
    assert not greedy, greedy.explain(
        f"{answer}, with a lock on all articles", expected="none with that", task=3
    )
