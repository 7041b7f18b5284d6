"""The pages of the archive: complete, in order, patient with odd numbers, and cheap."""

from urllib.parse import urlencode

import pytest

from tests.k202_async_reads.reading import Publish, Read, Reading

pytestmark = [
    pytest.mark.urls("katas.k202_async_reads.urls"),
    pytest.mark.django_db(transaction=True),
]


def page(reading: Reading) -> dict[str, object]:
    """Return what an answer says about its page."""
    return {key: reading.says(key) for key in ("page", "pages", "slugs")}


@pytest.mark.task(4)
@pytest.mark.parametrize("number", [1, 2, 3])
async def test_a_page_shows_its_slugs(read: Read, publish: Publish, number: int) -> None:
    """Of 11 articles, the pages show 5, 5 and 1, the newest first."""
    expected = (await publish(11))[(number - 1) * 5 : number * 5]

    seen = page(await read(f"/archive/?page={number}"))

    assert seen == {"page": number, "pages": 3, "slugs": expected}, (
        f"GET /archive/?page={number} with 11 articles answered {seen}; "
        f"expected page {number} of 3 with {expected}."
    )


@pytest.mark.task(4)
async def test_a_full_last_page_is_the_last(read: Read, publish: Publish) -> None:
    """Ten articles fill two pages, and there is no third."""
    slugs = await publish(10)

    seen = page(await read("/archive/?page=2"))

    assert seen == {"page": 2, "pages": 2, "slugs": slugs[5:]}, (
        f"GET /archive/?page=2 with 10 articles answered {seen}; "
        f"expected page 2 of 2 with {slugs[5:]}."
    )


@pytest.mark.task(4)
@pytest.mark.parametrize("wish", [None, "", "two", "2.5", "inf", "²"])
async def test_without_a_whole_number_it_is_the_first(
    read: Read, publish: Publish, wish: str | None
) -> None:
    """Without a page, or with one that is no whole number, the answer is the first page."""
    slugs = await publish(12)
    query = "" if wish is None else f"?{urlencode({'page': wish})}"

    seen = page(await read(f"/archive/{query}"))

    assert seen == {"page": 1, "pages": 3, "slugs": slugs[:5]}, (
        f"GET /archive/{query} with 12 articles answered {seen}; "
        f"expected page 1 of 3 with {slugs[:5]}."
    )


@pytest.mark.task(4)
@pytest.mark.parametrize("number", [4, 9999, 0, -1])
async def test_a_number_without_a_page_is_the_last(
    read: Read, publish: Publish, number: int
) -> None:
    """A whole number that no page has is answered with the last page."""
    slugs = await publish(12)

    seen = page(await read(f"/archive/?page={number}"))

    assert seen == {"page": 3, "pages": 3, "slugs": slugs[10:]}, (
        f"GET /archive/?page={number} with 12 articles answered {seen}; "
        f"expected page 3 of 3 with {slugs[10:]}."
    )


@pytest.mark.task(4)
@pytest.mark.parametrize("query", ["", "?page=1", "?page=7"])
async def test_an_empty_archive_has_one_page(read: Read, publish: Publish, query: str) -> None:
    """Drafts alone make one empty page, whichever page is asked for."""
    await publish(7, status="draft")

    seen = page(await read(f"/archive/{query}"))

    assert seen == {"page": 1, "pages": 1, "slugs": []}, (
        f"GET /archive/{query} with drafts alone answered {seen}; expected page 1 of 1 with []."
    )


@pytest.mark.task(4)
async def test_every_article_stands_on_one_page(read: Read, publish: Publish) -> None:
    """All pages together show each published article once, also those of the same moment."""
    await publish(2, status="draft")
    slugs = await publish(12, same_moment=True)

    seen = [page(await read(f"/archive/?page={number}"))["slugs"] for number in (1, 2, 3)]

    expected = [slugs[:5], slugs[5:10], slugs[10:]]
    assert seen == expected, (
        "pages 1 to 3, with one published_at for all 12 articles, and two drafts that are newer, "
        f"showed {seen}; expected {expected}."
    )


@pytest.mark.task(4)
@pytest.mark.parametrize("number", [1, 4, 99])
async def test_a_page_is_cheap(read: Read, publish: Publish, number: int) -> None:
    """Of 42 articles, a page takes at most two queries, and fetches the rows that it shows."""
    await publish(42)

    (await read(f"/archive/?page={number}")).takes(queries=2, rows=5)
