"""The export of the archive."""

import csv
import io

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


class Lines:
    """The file in pieces, as an asynchronous iterator."""

    def __init__(self, articles: QuerySet[Article], chunk_rows: int) -> None:
        self.chunk_rows = chunk_rows
        self.articles = articles.aiterator(chunk_size=chunk_rows)
        self.text = io.StringIO()
        self.writer = csv.DictWriter(self.text, COLUMNS)
        self.writer.writeheader()

    def __aiter__(self) -> "Lines":
        return self

    async def __anext__(self) -> str:
        for _ in range(self.chunk_rows):
            article = await anext(self.articles, None)
            if article is None:
                break
            self.writer.writerow(dict(zip(COLUMNS, cells(article), strict=True)))
        if piece := take(self.text):
            return piece
        raise StopAsyncIteration


async def export(request: HttpRequest, chunk_rows: int) -> StreamingHttpResponse:
    """Answer with all published articles, as a file in CSV."""
    articles = Article.objects.published().select_related("author").order_by("slug")
    return StreamingHttpResponse(
        Lines(articles, chunk_rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="articles.csv"'},
    )
