"""The index: what it lists, what may be missing, and which tags stay in the house."""

import pytest

from katas.newsroom.models import Article, Author, Tag
from tests.k203_no_n_plus_one.asking import Index, Publish

pytestmark = [
    pytest.mark.urls("katas.k203_no_n_plus_one.urls"),
    pytest.mark.django_db(transaction=True),
]


@pytest.mark.task(1)
async def test_lists_an_article_with_author_and_tags(publish: Publish, index: Index) -> None:
    """An article is listed with its slug, title, author, lead and tags."""
    await publish("bridge", title="The bridge is open", author="Ada", tags=("city", "traffic"))

    articles = await index()

    expected = {
        "slug": "bridge",
        "title": "The bridge is open",
        "author": "Ada",
        "lead": "city",
        "tags": ["city", "traffic"],
    }
    assert articles == [expected], (
        f"GET /index/ lists {articles!r}; expected one article, {expected!r}."
    )


@pytest.mark.task(1)
async def test_a_second_request_shows_what_has_changed(publish: Publish, index: Index) -> None:
    """Each answer shows what is published at that time."""
    await publish("bridge", title="The bridge is open", author="Ada", tags=("city", "traffic"))
    first = await index()
    await Article.objects.filter(slug="bridge").aupdate(status=Article.Status.DRAFT)
    await publish("rain", author="Bob", tags=("weather",))

    second = await index()

    seen = [[article["slug"] for article in articles] for articles in (first, second)]
    expected = [["bridge"], ["rain"]]
    assert seen == expected, (
        "GET /index/, then 'bridge' is withdrawn and 'rain' published, then GET /index/ again: "
        f"lists {seen!r}; expected {expected!r}."
    )


@pytest.mark.task(1)
async def test_a_second_request_shows_a_correction(publish: Publish, index: Index) -> None:
    """Each answer shows an article with the title, author and tags that it has at that time."""
    await publish("harbour", title="The harbuor is shut", author="Eev", tags=("prot", "traffic"))
    first = await index()
    await Article.objects.filter(slug="harbour").aupdate(title="The harbour is shut")
    await Author.objects.filter(name="Eev").aupdate(name="Eve")
    await Tag.objects.filter(name="prot").aupdate(name="port")

    second = await index()

    keys = ("title", "author", "lead", "tags")
    answers = (first, second)
    seen = [[tuple(article[key] for key in keys) for article in answer] for answer in answers]
    expected = [
        [("The harbuor is shut", "Eev", "prot", ["prot", "traffic"])],
        [("The harbour is shut", "Eve", "port", ["port", "traffic"])],
    ]
    assert seen == expected, (
        "GET /index/, then the title, the author's name and a tag's name are corrected, then "
        f"GET /index/ again: (title, author, lead, tags) {seen!r}; expected {expected!r}."
    )


@pytest.mark.task(1)
async def test_lists_what_is_published_by_slug(publish: Publish, index: Index) -> None:
    """Published articles are listed in the order of their slugs, also two of one title."""
    await publish("weather", title="Again", author="Ada", tags=("rain",))
    await publish("bridge", title="Open", author="Bob", tags=("city", "rain"))
    await publish("secret", author="Bob", tags=("city",), status=Article.Status.DRAFT)
    await publish("opera", title="Open", author="Cleo", tags=("city", "music", "stage"))

    keys = ("slug", "title", "author")
    listed = [tuple(article[key] for key in keys) for article in await index()]

    expected = [("bridge", "Open", "Bob"), ("opera", "Open", "Cleo"), ("weather", "Again", "Ada")]
    assert listed == expected, (
        "GET /index/ with 'weather', 'bridge' and 'opera' published, 'secret' a draft: "
        f"(slug, title, author) {listed!r}; expected {expected!r}."
    )


@pytest.mark.task(1)
async def test_an_empty_newsroom_has_an_empty_index(index: Index) -> None:
    """Without articles, the list is empty."""
    articles = await index()

    assert articles == [], f"GET /index/ without articles lists {articles!r}; expected []."


@pytest.mark.task(2)
async def test_an_article_without_author_has_null(publish: Publish, index: Index) -> None:
    """An article that nobody has signed is listed with the author null."""
    await publish("agency", author=None, tags=("city",))
    await publish("bridge", author="Ada", tags=("city",))

    listed = [(article["slug"], article["author"]) for article in await index()]

    expected = [("agency", None), ("bridge", "Ada")]
    assert listed == expected, (
        f"GET /index/ with one unsigned article, 'agency': authors {listed!r}; "
        f"expected {expected!r}."
    )


@pytest.mark.task(2)
async def test_an_article_without_tags_is_listed_too(publish: Publish, index: Index) -> None:
    """An article that has no tags is listed with the lead null and no tags."""
    await publish("agency", author="Ada")
    await publish("bridge", author="Ada", tags=("city",))

    listed = [(article["slug"], article["lead"], article["tags"]) for article in await index()]

    expected = [("agency", None, []), ("bridge", "city", ["city"])]
    assert listed == expected, (
        "GET /index/ with one article that has no tags, 'agency': (slug, lead, tags) "
        f"{listed!r}; expected {expected!r}."
    )


@pytest.mark.task(3)
async def test_tags_are_in_alphabetical_order(publish: Publish, index: Index) -> None:
    """Tags come in alphabetical order, the lead first, in whatever order they were stored."""
    await publish("opera", author="Cleo", tags=("stage", "city", "music"))
    await publish("street", author="Cleo", tags=("stage", "art", "music"))

    listed = [(article["slug"], article["lead"], article["tags"]) for article in await index()]

    expected = [
        ("opera", "city", ["city", "music", "stage"]),
        ("street", "art", ["art", "music", "stage"]),
    ]
    assert listed == expected, (
        "GET /index/ with tags stored in another order: (slug, lead, tags) "
        f"{listed!r}; expected {expected!r}."
    )


@pytest.mark.task(3)
async def test_desk_tags_stay_in_the_house(publish: Publish, index: Index) -> None:
    """Tags that begin with 'desk-' are left out; the articles that carry them are not."""
    await publish("bridge", author="Ada", tags=("city", "desk-check", "desktop", "my-desk-map"))
    await publish("opera", author="Ada", tags=("desk-hold",))
    await publish("parade", author="Ada", tags=("desk-hold", "music"))

    listed = [(article["slug"], article["lead"], article["tags"]) for article in await index()]

    expected = [
        ("bridge", "city", ["city", "desktop", "my-desk-map"]),
        ("opera", None, []),
        ("parade", "music", ["music"]),
    ]
    assert listed == expected, (
        "GET /index/ with the tags city, desk-check, desktop, my-desk-map on 'bridge', desk-hold "
        "on 'opera', desk-hold and music on 'parade': "
        f"(slug, lead, tags) {listed!r}; expected {expected!r}."
    )
