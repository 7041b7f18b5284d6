"""The export of the archive."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from katas.newsroom.models import Article

COLUMNS = ("slug", "title", "author", "body")


def take(text: io.StringIO) -> str:
    """Return what has been written to *text*, and leave it empty."""
    taken = text.getvalue()
    text.seek(0)
    text.truncate()
    return taken


async def lines(articles: QuerySet[Article, Any], chunk_rows: int) -> AsyncIterator[bytes]:
    """Yield the file in pieces of *chunk_rows* articles, the first one with the header on top."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writeheader()
    yield take(text).encode()
    rows: list[dict[str, str | None]] = []
    async for row in articles.aiterator(chunk_size=chunk_rows):
        rows.append({"author": row.pop("author__name"), **row})
        if len(rows) == chunk_rows:
            writer.writerows(rows)
            rows.clear()
            yield take(text).encode()
    if rows:
        writer.writerows(rows)
        yield take(text).encode()


async def export(request: HttpRequest, chunk_rows: int) -> StreamingHttpResponse:
    """Answer with all published articles, as a file in CSV."""
    articles = (
        Article.objects.published().order_by("slug").values("slug", "title", "author__name", "body")
    )
    return StreamingHttpResponse(
        lines(articles, chunk_rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="articles.csv"'},
    )
