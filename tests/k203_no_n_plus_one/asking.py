"""What the tests of the index share: how to store an article, ask for the index, and explain."""

import re
from collections import Counter
from typing import Any, Protocol

import pytest
from django.test import AsyncClient

from dojo.instruments import learner, statements
from dojo.instruments.orm_guard import Queries
from katas.newsroom.models import Article, Author, Tag


class Publish(Protocol):
    """Stores an article: ``await publish("bridge", author="Ada", tags=["city"])``."""

    async def __call__(
        self, slug: str, *, author: str | None = None, tags: tuple[str, ...] = (), **values: Any
    ) -> None:
        """Store one article; an author of the same name is another author."""


class Index(Protocol):
    """Asks for the index: ``await index()`` gives the list of its articles."""

    async def __call__(self) -> list[dict[str, Any]]:
        """Return the articles, as the app gets them."""


def store(
    slug: str, *, author: str | None = None, tags: tuple[str, ...] = (), **values: Any
) -> None:
    """Store one article, with its tags in the order given."""
    article = Article.objects.create(
        slug=slug,
        author=None if author is None else Author.objects.create(name=author),
        **{"title": f"About {slug}", "status": Article.Status.PUBLISHED, **values},
    )
    for name in tags:
        article.tags.add(Tag.objects.get_or_create(name=name)[0])


def store_many(numbers: range) -> None:
    """Store an article for each number, with an author and tags of its own, in few queries."""
    authors = Author.objects.bulk_create(Author(name=f"Author {number}") for number in numbers)
    articles = Article.objects.bulk_create(
        Article(
            slug=f"story-{number:03}",
            title=f"Story {number}",
            author=author,
            status=Article.Status.PUBLISHED,
        )
        for number, author in zip(numbers, authors, strict=True)
    )
    common, _ = Tag.objects.get_or_create(name="common")
    tags = Tag.objects.bulk_create(Tag(name=f"tag-{number}") for number in numbers)
    pairs = Article.tags.through
    pairs.objects.bulk_create(
        pairs(article_id=article.pk, tag_id=tag.pk)
        for article, own in zip(articles, tags, strict=True)
        for tag in (own, common)
    )


async def ask(client: AsyncClient) -> list[dict[str, Any]]:
    """Return the articles of the index; fail with the line at which the view failed."""
    __tracebackhide__ = True
    try:
        response = await client.get("/index/")
    except Exception as error:
        pytest.fail(f"GET /index/ raised {learner.told(error)}\nExpected an answer.", pytrace=False)
    assert response.status_code == 200, (
        f"GET /index/ answered {response.status_code}; expected 200."
    )
    articles = response.json().get("articles")
    assert isinstance(articles, list), (
        f"GET /index/ answered {response.json()!r}; expected {{'articles': […]}}."
    )
    return articles


def explain(queries: Queries, articles: int, expected: str) -> str:
    """Say how many queries an index took, with each statement once."""
    times = Counter(
        (query.sql, f"\n         at {query.spot}" if query.spot else "") for query in queries
    )
    listing = "".join(f"\n  {count:>3} × {gist(sql)}{spot}" for (sql, spot), count in times.items())
    return (
        f"GET /index/ with {articles} articles: {len(queries)} queries; expected {expected}. "
        f"(task 4){listing}"
    )


def gist(sql: str) -> str:
    """Return a statement without its list of columns, and without quotes."""
    return statements.shorten(re.sub(r"^SELECT .*? FROM", "SELECT … FROM", sql).replace('"', ""))
