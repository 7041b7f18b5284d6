"""The cost: two queries at most, however many articles, and nothing fetched later."""

from collections.abc import Awaitable, Callable
from typing import Any

import django
import pytest
from asgiref.sync import sync_to_async
from django.db.models import Model
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor

from dojo.instruments.orm_guard import Queries
from tests.k203_no_n_plus_one.asking import Index, explain, store_many

Fill = Callable[[range], Awaitable[None]]

pytestmark = [
    pytest.mark.urls("katas.k203_no_n_plus_one.urls"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def fill(transactional_db: None) -> Fill:
    """Publish an article for each number of a range."""
    return sync_to_async(store_many)


class FetchingBlocked(Exception):  # noqa: N818 - named like Django's FieldFetchBlocked
    """Something that was not fetched with its row was asked for, as FETCH_RAISE has it."""


@pytest.fixture
def no_fetching_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have rows refuse to go back to the database: by FETCH_RAISE from 6.1 on, else by patches."""
    if django.VERSION >= (6, 1):
        from django.db.models import FETCH_RAISE

        monkeypatch.setattr("django.db.models.query.DEFAULT_FETCH_MODE", FETCH_RAISE)
        return

    def related(self: "ForwardManyToOneDescriptor[Any]", instance: Model) -> Model:
        name = f"{type(instance).__name__}.{self.field.name}"
        raise FetchingBlocked(f"Fetching of {name} blocked.")

    def deferred(self: Model, using: object = None, fields: object = None, **_: object) -> None:
        names = ", ".join(fields) if isinstance(fields, list) else "all fields"
        raise FetchingBlocked(f"Fetching of {type(self).__name__}.{names} blocked.")

    monkeypatch.setattr(ForwardManyToOneDescriptor, "get_object", related)
    monkeypatch.setattr(Model, "refresh_from_db", deferred)


@pytest.mark.task(4)
async def test_no_row_goes_back_to_the_database(
    fill: Fill, index: Index, no_fetching_later: None
) -> None:
    """All that is shown of a row comes with it: nothing is loaded on access."""
    await fill(range(3))

    articles = await index()

    assert len(articles) == 3, f"GET /index/ lists {len(articles)} of 3 articles."


@pytest.mark.task(4)
async def test_two_queries_are_enough(fill: Fill, index: Index, queries: Queries) -> None:
    """The index of four articles takes at most two queries."""
    await fill(range(4))

    with queries.during() as sent:
        await index()

    assert len(sent) <= 2, explain(sent, 4, "at most 2")


@pytest.mark.task(4)
async def test_forty_articles_take_as_many_queries_as_four(
    fill: Fill, index: Index, queries: Queries
) -> None:
    """The number of queries does not grow with the number of articles."""
    await fill(range(4))
    with queries.during() as sent_for_four:
        await index()
    await fill(range(4, 40))

    with queries.during() as sent_for_forty:
        articles = await index()

    assert len(articles) == 40, f"GET /index/ lists {len(articles)} of 40 articles."
    assert len(sent_for_forty) == len(sent_for_four), explain(
        sent_for_forty, 40, f"as many as with 4 articles, which took {len(sent_for_four)}"
    )
