"""The two lists: who comes in, in which order, and where they end."""

import pytest

from katas.newsroom.models import Author
from tests.k204_too_many_hops.asking import Dashboard, Publish

pytestmark = [
    pytest.mark.urls("katas.k204_too_many_hops.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
]


@pytest.mark.task(1)
async def test_shows_the_latest(publish: Publish, dashboard: Dashboard) -> None:
    """The three articles published last are shown with their authors, the newest first."""
    await publish("Snow", author="Ada", hour=9)
    await publish("Opera", author="Bob", hour=1)
    await publish("Rain", hour=7)
    await publish("The bridge is open", author="Ada", hour=2)
    await publish("Withdrawn", author="Ada", hour=20, draft=True)

    answer = await dashboard()

    expected = [
        {"title": "Snow", "author": "Ada"},
        {"title": "Rain", "author": None},
        {"title": "The bridge is open", "author": "Ada"},
    ]
    assert answer["latest"] == expected, (
        "GET /dashboard/ with articles stored in another order than they were published, and "
        f"'Withdrawn' a draft again: latest {answer['latest']!r}; expected {expected!r}."
    )


@pytest.mark.task(1)
async def test_of_one_time_the_slug_decides(publish: Publish, dashboard: Dashboard) -> None:
    """Articles published at the same time are shown in the order of their slugs."""
    # The order of the titles is another one, forwards and backwards.
    for slug, title in {"b": "Opera", "c": "Fire", "a": "Snow", "d": "Police"}.items():
        await publish(title, slug=slug, hour=5)

    answer = await dashboard()

    titles = [article["title"] for article in answer["latest"]]
    expected = ["Snow", "Opera", "Fire"]
    assert titles == expected, (
        "GET /dashboard/ with four articles published at the same time, their slugs a, b, c and d: "
        f"latest {titles!r}; expected {expected!r}, in the order of their slugs."
    )


@pytest.mark.task(1)
async def test_shows_the_busiest(publish: Publish, dashboard: Dashboard) -> None:
    """The three authors who have published most are shown, those with as much by their names."""
    for author, articles in {"Eve": 1, "Bob": 2, "Ada": 2, "Cleo": 3, "Dan": 1}.items():
        for number in range(articles):
            await publish(f"{author}, part {number}", author=author, tags=("city", "sport"))
    for number in range(2):
        await publish(f"Bob, unfinished {number}", author="Bob", draft=True)

    answer = await dashboard()

    expected = [
        {"name": "Cleo", "published": 3},
        {"name": "Ada", "published": 2},
        {"name": "Bob", "published": 2},
    ]
    assert answer["busiest"] == expected, (
        "GET /dashboard/ with 3 articles by Cleo, 2 by Ada, 2 and 2 drafts by Bob, 1 by Dan, 1 "
        f"by Eve: busiest {answer['busiest']!r}; expected {expected!r}."
    )


@pytest.mark.task(1)
async def test_an_author_is_not_a_name(publish: Publish, dashboard: Dashboard) -> None:
    """Two authors of one name are two, and unsigned articles have none."""
    await publish("Opera", author=await Author.objects.acreate(name="Bob"))
    await publish("Rain", author=await Author.objects.acreate(name="Bob"))
    await publish("Fire")
    await publish("Police")

    answer = await dashboard()

    expected = [{"name": "Bob", "published": 1}, {"name": "Bob", "published": 1}]
    assert answer["busiest"] == expected, (
        "GET /dashboard/ with an article by each of two authors called Bob, and two unsigned "
        f"ones: busiest {answer['busiest']!r}; expected {expected!r}."
    )


@pytest.mark.task(1)
async def test_who_has_published_nothing_is_not_busy(
    publish: Publish, dashboard: Dashboard
) -> None:
    """An author without a published article is not shown, even where there is room."""
    await publish("Opera", author="Bob")
    await publish("Not yet", author="Flo", draft=True)

    answer = await dashboard()

    expected = [{"name": "Bob", "published": 1}]
    assert answer["busiest"] == expected, (
        "GET /dashboard/ with one article, by Bob, and one draft, by Flo: "
        f"busiest {answer['busiest']!r}; expected {expected!r}."
    )
