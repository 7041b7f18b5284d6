"""The export of the archive. Edit this file; the brief is in README.md."""

from collections.abc import Iterator

from django.http import HttpRequest, StreamingHttpResponse

from katas.newsroom.models import Article

COLUMNS = ("slug", "title", "author", "body")


def lines() -> Iterator[str]:
    """Yield the file in pieces.

    TODO (task 1): a text with a comma, a quote or a line break is torn apart.
    TODO (task 2): under ASGI, Django wants an iterator of another kind; and an article at a time is
    not what it should ask the database for.
    TODO (task 3): who wrote it is asked for article by article; on the event loop, that raises.
    """
    yield ",".join(COLUMNS) + "\r\n"
    for article in Article.objects.published().order_by("slug"):
        name = article.author.name if article.author else ""
        yield ",".join((article.slug, article.title, name, article.body)) + "\r\n"


def export(request: HttpRequest, chunk_rows: int) -> StreamingHttpResponse:
    """Answer with all published articles, as a file in CSV.

    Args:
        request: The request.
        chunk_rows: How many articles to fetch from the database at a time; 1 or more.
    """
    return StreamingHttpResponse(
        lines(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="articles.csv"'},
    )
