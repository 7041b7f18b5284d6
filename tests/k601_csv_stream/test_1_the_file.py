"""The file: what stands in it, however it is sent."""

import pytest
from django.utils.http import parse_header_parameters

from katas.newsroom.models import Article, Author
from tests.k601_csv_stream.reading import HEADER, Publish, Read

pytestmark = [
    pytest.mark.urls("tests.k601_csv_stream.site"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
    # How the file is sent is another task, and another module.
    pytest.mark.filterwarnings("always:StreamingHttpResponse must consume"),
]

AWKWARD = {
    "a comma": "Rain, snow and fog",
    "quotes": 'The "bridge", again',
    "a quote alone": '6" of snow',
    "line breaks": "First line\nsecond line\r\nthird line",
    "a carriage return alone": "First line\rsecond line",
    "a line break at the end": "The only line\n",
    "spaces before it": "  indented",
    "spaces after it": "trailing  ",
    "a formula": "=1+1",
    "a semicolon and a tab": "one;two\tthree",
    "a backslash": "C:\\temp",
}


async def store(
    title: str, *, slug: str = "story-000", body: str = "In full", **values: object
) -> list[str]:
    """Publish one article without an author; return its row."""
    values = {"status": Article.Status.PUBLISHED, **values}
    await Article.objects.acreate(slug=slug, title=title, body=body, **values)
    return [slug, title, "", body]


@pytest.mark.task(1)
@pytest.mark.parametrize("number", [1, 5, 6, 7])
async def test_every_article_has_a_row(publish: Publish, read: Read, number: int) -> None:
    """In chunks of 3, the file has a header and each article once, in the order of the slugs."""
    expected = [HEADER, *await publish(number)]

    reading = await read(3)

    assert reading.rows == expected, (
        f"{reading.call} with {number} articles: the rows are {reading.rows}; expected {expected}."
    )


@pytest.mark.task(1)
async def test_an_empty_archive_has_a_header(read: Read) -> None:
    """Without articles, the file is the header."""
    reading = await read(3)

    assert reading.rows == [HEADER], (
        f"{reading.call} without articles: the rows are {reading.rows}; expected {[HEADER]}."
    )


@pytest.mark.task(1)
async def test_drafts_are_kept_back(read: Read) -> None:
    """What is not published is not in the file."""
    await store("Not yet", slug="story-001", status=Article.Status.DRAFT)
    row = await store("Opera", slug="story-002")

    reading = await read(3)

    assert reading.rows == [HEADER, row], (
        f"{reading.call} with a draft, story-001, and an article: the rows are {reading.rows}; "
        f"expected {[HEADER, row]}."
    )


@pytest.mark.task(1)
@pytest.mark.parametrize("what", AWKWARD)
async def test_any_text_comes_back(read: Read, what: str) -> None:
    """A title, name and body with commas, quotes or line breaks are read back as they were."""
    text = AWKWARD[what]
    author = await Author.objects.acreate(name=text)
    row = await store(text, body=text, author=author)
    row[2] = text

    reading = await read(3)

    assert reading.rows == [HEADER, row], (
        f"{reading.call} of an article with {what}: read back as {reading.rows[1:]}; "
        f"expected {[row]}. (The file: {reading.body!r})"
    )


@pytest.mark.task(1)
async def test_it_is_in_utf_8(read: Read) -> None:
    """Any language comes back, and nothing stands in front of the header."""
    row = await store("Ærø Łódź 東京 naïve “quotes” 🚲")

    reading = await read(3)

    assert reading.rows == [HEADER, row], (
        f"{reading.call} of an article with characters from everywhere: the rows are "
        f"{reading.rows}; expected {[HEADER, row]}."
    )


@pytest.mark.task(1)
async def test_a_browser_saves_it(read: Read) -> None:
    """The answer says that it is CSV in UTF-8, to be saved as articles.csv."""
    reading = (await read(3)).check()

    given = reading.headers["content-type"]
    assert parse_header_parameters(given.lower()) == ("text/csv", {"charset": "utf-8"}), (
        f"{reading.call}: Content-Type {given!r}; expected 'text/csv; charset=utf-8'."
    )
    disposition = reading.headers.get("content-disposition", "")
    assert parse_header_parameters(disposition) == ("attachment", {"filename": "articles.csv"}), (
        f"{reading.call}: Content-Disposition {disposition!r}; "
        "expected 'attachment; filename=\"articles.csv\"'."
    )
