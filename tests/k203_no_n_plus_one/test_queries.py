"""A long index, and what it costs: few queries and hops, and nothing fetched later."""

from collections.abc import Awaitable, Callable
from typing import Any

import django
import pytest
from asgiref.sync import sync_to_async
from django.db.models import Model
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor

from dojo.instruments.hops import Hops
from dojo.instruments.orm_guard import Queries
from tests.k203_no_n_plus_one.asking import Index, explain, store_many

FEW, MANY = 4, 400

Fill = Callable[[range], Awaitable[None]]

pytestmark = [
    pytest.mark.urls("katas.k203_no_n_plus_one.urls"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def fill(transactional_db: None) -> Fill:
    """Publish an article for each number of a range."""
    return sync_to_async(store_many)


@pytest.mark.task(1)
async def test_a_long_index_is_complete(fill: Fill, index: Index) -> None:
    """All of four hundred articles are listed, each with its own author and tags."""
    await fill(range(MANY))

    listed = [(article["slug"], article["author"], article["tags"]) for article in await index()]

    expected = [
        (f"story-{number:03}", f"Author {number}", ["common", f"tag-{number}"])
        for number in range(MANY)
    ]
    assert len(listed) == MANY, f"GET /index/ lists {len(listed)} of {MANY} articles."
    for seen, wanted in zip(listed, expected, strict=True):
        assert seen == wanted, f"GET /index/: (slug, author, tags) {seen!r}; expected {wanted!r}."


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
    await fill(range(FEW))

    with queries.during() as sent:
        await index()

    assert len(sent) <= 2, explain(sent, FEW, "at most 2")


@pytest.mark.task(4)
async def test_queries_do_not_grow_with_the_articles(
    fill: Fill, index: Index, queries: Queries
) -> None:
    """Four hundred articles take as many queries as four."""
    await fill(range(FEW))
    with queries.during() as sent_for_few:
        await index()
    await fill(range(FEW, MANY))

    with queries.during() as sent_for_many:
        await index()

    assert len(sent_for_many) == len(sent_for_few), explain(
        sent_for_many, MANY, f"as many as with {FEW} articles, which took {len(sent_for_few)}"
    )


@pytest.mark.task(4)
async def test_hops_do_not_grow_with_the_articles(fill: Fill, index: Index, hops: Hops) -> None:
    """Four hundred articles take as many hops to a thread as four."""
    await fill(range(FEW))
    with hops.during() as taken_for_few:
        await index()
    await fill(range(FEW, MANY))

    with hops.during() as taken_for_many:
        await index()

    assert len(taken_for_many) == len(taken_for_few), explain(
        taken_for_many, MANY, f"as many as with {FEW} articles, which took {len(taken_for_few)}"
    )
