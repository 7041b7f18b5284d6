"""What the tests of the index share: how to store an article, ask for the index, and explain."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any, Protocol

import pytest
from django.test import AsyncClient

from dojo.instruments import learner, statements
from dojo.instruments.hops import Hops
from dojo.instruments.orm_guard import Queries
from katas.newsroom.models import Article, Author, Tag

KEYS = ("slug", "title", "author", "lead", "tags")


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
            title=f"Story {number:03}",
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
        pytest.fail(blocked(error) or raised(error), pytrace=False)
    seen = f"GET /index/ answered {response.status_code}"
    assert response.status_code == 200, f"{seen}; expected 200."
    assert not response.streaming, f"{seen} with a StreamingHttpResponse; expected a JsonResponse."
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    assert kind == "application/json", f"GET /index/ answered {kind}; expected application/json."
    return listed(response.json())


def listed(answer: Any) -> list[dict[str, Any]]:
    """Return the articles of an answer; fail if it has none, or an article lacks a key."""
    __tracebackhide__ = True
    seen = f"a {type(answer).__name__}"
    if isinstance(answer, dict):
        seen = f"a dict with the keys {sorted(answer)}"
    articles = answer.get("articles") if isinstance(answer, dict) else None
    assert isinstance(articles, list), f"GET /index/ answered {seen}; expected {{'articles': […]}}."
    for number, article in enumerate(articles, start=1):
        assert isinstance(article, dict), (
            f"GET /index/: article number {number} is {article!r}; expected a dict."
        )
        missing = [key for key in KEYS if key not in article]
        assert not missing, (
            f"GET /index/: article number {number}, {article.get('slug')!r}, lacks {missing}; "
            f"it has {sorted(article)}."
        )
    return articles


def raised(error: Exception) -> str:
    """Say what the view raised, and where."""
    return f"GET /index/ raised {learner.told(error)}\nExpected an answer."


def blocked(error: Exception) -> str | None:
    """Say what a fetch that a test forbids would have cost; None if *error* is another one."""
    found = re.search(r"Fetching of (\w+)\.([\w, ]+) blocked", str(error))
    if found is None:
        return None
    name = f"{found[1].lower()}.{found[2]}"
    _, _, line = learner.told(error).partition("\n")
    return (
        f"GET /index/: `{name}` was not fetched with its row. Here the test forbids loading it "
        f"later; in production this line sends one query for each article.\n{line}"
    )


def explain(ledger: Queries | Hops, articles: int, expected: str) -> str:
    """Say how many queries or hops an index took, with each statement and line once."""
    entries: Iterable[tuple[str, learner.Spot | None]]
    if isinstance(ledger, Queries):
        entries = ((gist(query.sql), query.spot) for query in ledger)
    else:
        entries = ((hop.call if hop.spot else "Django's own", hop.spot) for hop in ledger)
    times = Counter((what, f"\n         at {spot}" if spot else "") for what, spot in entries)
    listing = "".join(f"\n  {count:>3} × {what}{spot}" for (what, spot), count in times.items())
    return (
        f"GET /index/ with {articles} articles: {len(ledger)} {ledger.nouns[1]}; "
        f"expected {expected}.{listing}"
    )


def gist(sql: str) -> str:
    """Return a statement without its list of columns, and without quotes."""
    return statements.shorten(re.sub(r"^SELECT .*? FROM", "SELECT … FROM", sql).replace('"', ""))
