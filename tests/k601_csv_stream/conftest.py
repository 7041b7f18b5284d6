"""An archive that tests fill, and its readers."""

from collections.abc import Iterator

import pytest

from dojo.instruments import statements
from katas.newsroom.models import Article, Author
from tests.k601_csv_stream.fetches import Fetches
from tests.k601_csv_stream.reading import Publish, Read, Reader, Reading, Watch


@pytest.fixture
def fetches(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fetches]:
    """Count the articles that are fetched from here on."""
    fetches = Fetches(monkeypatch)
    with statements.wrapped(fetches.note):
        yield fetches


@pytest.fixture
def reader(fetches: Fetches) -> Reader:
    """Read any page of the site."""
    return Reader(fetches)


@pytest.fixture
def read(reader: Reader) -> Read:
    """Read the export."""

    async def of_export(
        chunk_rows: int, *, takes_s: float = 0, watch: Watch | None = None
    ) -> Reading:
        return await reader(f"/export/{chunk_rows}/", takes_s=takes_s, watch=watch)

    return of_export


@pytest.fixture
def publish(transactional_db: None) -> Publish:
    """Store articles, in another order than that of their slugs."""

    async def store(number: int) -> list[list[str]]:
        ada, bob = [await Author.objects.acreate(name=name) for name in ("Ada", "Bob")]
        authors = [ada, bob, None]
        articles = [
            Article(
                slug=f"story-{place:03}",
                title=f"Title {place}",
                body=f"Body {place}",
                author=authors[place % 3],
                status=Article.Status.PUBLISHED,
            )
            for place in range(number)
        ]
        await Article.objects.abulk_create(articles[1::2] + articles[::2])
        return [
            [one.slug, one.title, one.author.name if one.author else "", one.body]
            for one in articles
        ]

    return store
