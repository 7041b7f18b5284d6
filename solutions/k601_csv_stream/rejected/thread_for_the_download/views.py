"""The export of the archive."""

import asyncio
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
    """Yield the file in pieces of *chunk_rows* articles, which a thread hands over."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    loop = asyncio.get_running_loop()
    pieces: asyncio.Queue[str] = asyncio.Queue()
    taken = asyncio.Event()

    async def hand_over(piece: str) -> None:
        taken.clear()
        pieces.put_nowait(piece)
        await taken.wait()

    def produce() -> None:
        rows = iter(articles.iterator(chunk_size=chunk_rows))
        while chunk := list(islice(rows, chunk_rows)):
            writer.writerows(map(cells, chunk))
            asyncio.run_coroutine_threadsafe(hand_over(take(text)), loop).result()

    producer = asyncio.ensure_future(sync_to_async(produce)())
    while True:
        piece = asyncio.ensure_future(pieces.get())
        await asyncio.wait({piece, producer}, return_when=asyncio.FIRST_COMPLETED)
        if not piece.done():
            break
        yield piece.result()
        taken.set()
    piece.cancel()
    await producer
    yield take(text)


async def export(request: HttpRequest, chunk_rows: int) -> StreamingHttpResponse:
    """Answer with all published articles, as a file in CSV."""
    articles = Article.objects.published().select_related("author").order_by("slug")
    return StreamingHttpResponse(
        lines(articles, chunk_rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="articles.csv"'},
    )
