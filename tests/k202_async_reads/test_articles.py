"""Reads without pages: a list, the first one, and one by name."""

import pytest

from tests.k202_async_reads.reading import Publish, Read, title_of

pytestmark = [
    pytest.mark.urls("katas.k202_async_reads.urls"),
    pytest.mark.django_db(transaction=True),
]


@pytest.mark.task(1)
async def test_slugs_come_newest_first(read: Read, publish: Publish) -> None:
    """GET /slugs/ answers with the slugs of the published articles, the newest first."""
    expected = await publish(5)

    seen = (await read("/slugs/")).says("slugs")

    assert seen == expected, f"GET /slugs/ answered {seen}; expected {expected}."


@pytest.mark.task(1)
@pytest.mark.parametrize("published", [0, 1])
async def test_slugs_of_drafts_are_kept_back(read: Read, publish: Publish, published: int) -> None:
    """GET /slugs/ shows nothing that is not published, and drafts take no place in the list."""
    await publish(10, status="draft")
    expected = await publish(published)

    seen = (await read("/slugs/")).says("slugs")

    assert seen == expected, (
        f"GET /slugs/ with 10 drafts, and {published} published before them, answered {seen}; "
        f"expected {expected}."
    )


@pytest.mark.task(1)
async def test_slugs_of_one_moment_are_in_order(read: Read, publish: Publish) -> None:
    """Articles that were published at the same moment come by slug, from a to z."""
    expected = await publish(6, same_moment=True)

    seen = (await read("/slugs/")).says("slugs")

    assert seen == expected, (
        f"GET /slugs/, with one published_at for all, answered {seen}; expected {expected}."
    )


@pytest.mark.task(1)
async def test_only_ten_slugs_are_fetched(read: Read, publish: Publish) -> None:
    """Of 40 articles, GET /slugs/ shows the 10 newest, and fetches no others."""
    newest = (await publish(40))[:10]

    reading = await read("/slugs/")

    assert reading.says("slugs") == newest, (
        f"GET /slugs/ with 40 articles answered {reading.says('slugs')}; expected {newest}."
    )
    reading.takes(queries=1, rows=10)


@pytest.mark.task(2)
async def test_latest_is_the_newest(read: Read, publish: Publish) -> None:
    """GET /latest/ answers with slug and title of the newest published article."""
    await publish(3, status="draft")
    newest = (await publish(5))[0]

    seen = (await read("/latest/")).says("latest")

    expected = {"slug": newest, "title": title_of(newest)}
    assert seen == expected, f"GET /latest/ answered {seen}; expected {expected}."


@pytest.mark.task(2)
async def test_latest_of_one_moment_is_the_first_slug(read: Read, publish: Publish) -> None:
    """Of articles published at the same moment, GET /latest/ shows the first by slug."""
    expected = (await publish(6, same_moment=True))[0]

    seen = (await read("/latest/")).says("latest")

    assert seen == {"slug": expected, "title": title_of(expected)}, (
        f"GET /latest/, with one published_at for all, answered {seen}; expected {expected!r}."
    )


@pytest.mark.task(2)
async def test_latest_of_drafts_is_null(read: Read, publish: Publish) -> None:
    """With drafts alone, GET /latest/ answers 200 with null."""
    await publish(2, status="draft")

    seen = (await read("/latest/")).says("latest")

    assert seen is None, f"GET /latest/ with drafts alone answered {seen!r}; expected null."


@pytest.mark.task(2)
async def test_latest_of_nothing_is_null(read: Read) -> None:
    """With nothing published, GET /latest/ answers 200 with null."""
    seen = (await read("/latest/")).says("latest")

    assert seen is None, f"GET /latest/ without articles answered {seen!r}; expected null."


@pytest.mark.task(2)
async def test_latest_fetches_one_row(read: Read, publish: Publish) -> None:
    """GET /latest/ fetches the one article that it shows."""
    await publish(12)

    (await read("/latest/")).takes(queries=1, rows=1)


@pytest.mark.task(3)
async def test_an_article_is_found(read: Read, publish: Publish) -> None:
    """GET /articles/<slug>/ answers with slug, title and body, in at most two queries."""
    slug = (await publish(12))[7]

    reading = await read(f"/articles/{slug}/")

    seen = {key: reading.says(key) for key in ("slug", "title", "body")}
    expected = {"slug": slug, "title": title_of(slug), "body": f"Body of {slug}"}
    assert seen == expected, f"GET /articles/{slug}/ answered {seen}; expected {expected}."
    reading.takes(queries=2, rows=1)


@pytest.mark.task(3)
async def test_what_is_missing_is_not_found(read: Read, publish: Publish) -> None:
    """GET /articles/<slug>/ answers 404 if no article has that slug."""
    await publish(1)

    status = (await read("/articles/never-written/")).response.status_code

    assert status == 404, f"GET /articles/never-written/ answered {status}; expected 404."


@pytest.mark.task(3)
async def test_a_slug_that_is_much_the_same_is_not_found(read: Read, publish: Publish) -> None:
    """GET /articles/<slug>/ answers 404 for a part of an article's slug, and for it in capitals."""
    [slug] = await publish(1)

    for other in (slug[:-1], slug[1:], slug.upper()):
        status = (await read(f"/articles/{other}/")).response.status_code
        assert status == 404, (
            f"GET /articles/{other}/, with an article whose slug is {slug}, answered {status}; "
            "expected 404."
        )


@pytest.mark.task(3)
async def test_a_draft_is_not_found(read: Read, publish: Publish) -> None:
    """GET /articles/<slug>/ answers 404 for a draft."""
    [draft] = await publish(1, status="draft")

    status = (await read(f"/articles/{draft}/")).response.status_code

    assert status == 404, f"GET /articles/{draft}/ answered {status} for a draft; expected 404."
