"""The export of the archive."""

import csv
import io
from collections.abc import AsyncIterator
from itertools import islice

from asgiref.sync import sync_to_async
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from katas.newsroom.models import Article

COLUMNS = ("slug", "title", "author", "body")


def cells(article: Article) -> tuple[str, ...]:
    """Return one article as the cells of a row."""
    name = article.author.name if article.author else ""
    return article.slug, article.title, name, article.body


def take(text: io.StringIO) -> str:
    """Return what has been written to *text*, and leave it empty."""
    taken = text.getvalue()
    text.seek(0)
    text.truncate()
    return taken


async def lines(articles: QuerySet[Article], chunk_rows: int) -> AsyncIterator[str]:
    """Yield the file in pieces of *chunk_rows* articles, the first one with the header on top."""
    rows = (cells(article) for article in articles.iterator(chunk_size=chunk_rows))

    def read() -> list[tuple[str, ...]]:
        return list(islice(rows, chunk_rows))

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    try:
        while chunk := await sync_to_async(read)():
            writer.writerows(chunk)
            yield take(text)
    finally:
        # Where the query was sent; the loop's thread must not close its cursor.
        await sync_to_async(rows.close)()
    if rest := take(text):
        yield rest


def export(request: HttpRequest, chunk_rows: int) -> StreamingHttpResponse:
    """Answer with all published articles, as a file in CSV."""
    articles = Article.objects.published().select_related("author").order_by("slug")
    return StreamingHttpResponse(
        lines(articles, chunk_rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="articles.csv"'},
    )
