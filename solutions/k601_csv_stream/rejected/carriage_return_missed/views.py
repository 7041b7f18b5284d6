"""The export of the archive."""

from collections.abc import AsyncIterator

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from katas.newsroom.models import Article

COLUMNS = ("slug", "title", "author", "body")


def cells(article: Article) -> tuple[str, ...]:
    """Return one article as the cells of a row."""
    name = article.author.name if article.author else ""
    return article.slug, article.title, name, article.body


def quoted(text: str) -> str:
    """Return *text* as a cell, in quotes where it takes some."""
    if not any(mark in text for mark in ',"\n'):
        return text
    return '"' + text.replace('"', '""') + '"'


async def lines(articles: QuerySet[Article], chunk_rows: int) -> AsyncIterator[str]:
    """Yield the file in pieces of a row."""
    yield ",".join(COLUMNS) + "\r\n"
    async for article in articles.aiterator(chunk_size=chunk_rows):
        yield ",".join(map(quoted, cells(article))) + "\r\n"


async def export(request: HttpRequest, chunk_rows: int) -> StreamingHttpResponse:
    """Answer with all published articles, as a file in CSV."""
    articles = Article.objects.published().select_related("author").order_by("slug")
    return StreamingHttpResponse(
        lines(articles, chunk_rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="articles.csv"'},
    )
