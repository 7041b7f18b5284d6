"""The export of the archive."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from django.db import connection
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
    """Yield the file in pieces of *chunk_rows* articles, read in a thread of its own."""
    rows = iter(articles.iterator(chunk_size=chunk_rows))

    def read() -> list[tuple[str, ...]]:
        return [cells(article) for article in islice(rows, chunk_rows)]

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1) as pool:
        try:
            while chunk := await loop.run_in_executor(pool, read):
                writer.writerows(chunk)
                yield take(text)
        finally:
            await loop.run_in_executor(pool, lambda: connection.close())
    if rest := take(text):
        yield rest


async def export(request: HttpRequest, chunk_rows: int) -> StreamingHttpResponse:
    """Answer with all published articles, as a file in CSV."""
    articles = Article.objects.published().select_related("author").order_by("slug")
    return StreamingHttpResponse(
        lines(articles, chunk_rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="articles.csv"'},
    )
