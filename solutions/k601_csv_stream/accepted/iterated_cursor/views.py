"""The export of the archive."""

import csv
from collections.abc import AsyncIterator, Iterator
from itertools import islice

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse

COLUMNS = ("slug", "title", "author", "body")
SQL = """
    select article.slug, title, name, body
    from newsroom_article as article left join newsroom_author as author on author.id = author_id
    where status = 'published' order by slug
"""


class Echo:
    """A file that keeps nothing: `writerow` returns the line."""

    def write(self, line: str) -> str:
        return line


async def lines(chunk_rows: int) -> AsyncIterator[str]:
    """Yield the file in pieces of a row."""
    writer = csv.writer(Echo())
    rows: Iterator[tuple[str, ...]] | None = None

    def read() -> list[tuple[str, ...]]:
        nonlocal rows
        if rows is None:
            cursor = connection.cursor()
            cursor.execute(SQL)
            rows = iter(cursor)
        return list(islice(rows, chunk_rows))

    yield writer.writerow(COLUMNS)
    while chunk := await sync_to_async(read)():
        for row in chunk:
            yield writer.writerow(row)


async def export(request: HttpRequest, chunk_rows: int) -> StreamingHttpResponse:
    """Answer with all published articles, as a file in CSV."""
    return StreamingHttpResponse(
        lines(chunk_rows),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": "attachment; filename=articles.csv; "
            "filename*=UTF-8''articles.csv"
        },
    )
