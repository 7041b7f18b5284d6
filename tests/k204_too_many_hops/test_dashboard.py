"""The answer: the same figures as before, and those of this moment."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.k204_too_many_hops.asking import ask

pytestmark = [
    pytest.mark.urls("katas.k204_too_many_hops.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
]

Publish = Callable[..., Awaitable[None]]


@pytest.mark.task(1)
async def test_counts_what_there_is(publish: Publish, asgi_client: httpx.AsyncClient) -> None:
    """The page counts published, draft and unsigned articles, and the tags of published ones."""
    await publish("The bridge is open", author="Ada", tags=("city", "traffic", "bridges"))
    await publish("Rain", tags=("weather", "city"))
    await publish("Opera", author="Bob", tags=("city",))
    await publish("Not yet", author="Ada", tags=("secret",), draft=True)
    await publish("Nor this", draft=True)

    answer = await ask(asgi_client, "/dashboard/")

    shown = {key: answer.get(key) for key in ("published", "drafts", "unsigned", "tags")}
    expected = {"published": 3, "drafts": 2, "unsigned": 1, "tags": 4}
    assert shown == expected, (
        "GET /dashboard/ with 3 articles published, one of them unsigned, with 4 tags between "
        f"them, and 2 drafts: {shown!r}; expected {expected!r}."
    )


@pytest.mark.task(1)
async def test_shows_the_latest(publish: Publish, asgi_client: httpx.AsyncClient) -> None:
    """The three articles published last are shown with their authors, the newest first."""
    await publish("Opera", author="Bob")
    await publish("The bridge is open", author="Ada")
    await publish("Rain")
    await publish("Snow", author="Ada")
    await publish("Not yet", author="Ada", draft=True)

    answer = await ask(asgi_client, "/dashboard/")

    expected = [
        {"title": "Snow", "author": "Ada"},
        {"title": "Rain", "author": None},
        {"title": "The bridge is open", "author": "Ada"},
    ]
    assert answer.get("latest") == expected, (
        f"GET /dashboard/: latest {answer.get('latest')!r}; expected {expected!r}."
    )


@pytest.mark.task(1)
async def test_shows_the_busiest(publish: Publish, asgi_client: httpx.AsyncClient) -> None:
    """The three authors who have published most are shown with how much it was."""
    for author, articles in {"Eve": 1, "Bob": 2, "Ada": 2, "Cleo": 3, "Dan": 1}.items():
        for number in range(articles):
            await publish(f"{author}, part {number}", author=author, tags=("city", "sport"))
    await publish("Not yet", author="Flo", draft=True)

    answer = await ask(asgi_client, "/dashboard/")

    expected = [
        {"name": "Cleo", "published": 3},
        {"name": "Ada", "published": 2},
        {"name": "Bob", "published": 2},
    ]
    assert answer.get("busiest") == expected, (
        f"GET /dashboard/: busiest {answer.get('busiest')!r}; expected {expected!r}."
    )


@pytest.mark.task(1)
async def test_an_empty_newsroom_has_figures_too(asgi_client: httpx.AsyncClient) -> None:
    """Without articles the page shows zeros and empty lists."""
    answer = await ask(asgi_client, "/dashboard/")

    counts = {"published": 0, "drafts": 0, "unsigned": 0, "tags": 0}
    expected = {**counts, "latest": [], "busiest": []}
    assert answer == expected, (
        f"GET /dashboard/ in an empty newsroom: {answer!r}; expected {expected!r}."
    )


@pytest.mark.task(1)
async def test_shows_what_has_changed(publish: Publish, asgi_client: httpx.AsyncClient) -> None:
    """A second request shows what was published since the first one."""
    await publish("Opera", author="Bob")
    first = await ask(asgi_client, "/dashboard/")
    await publish("Rain", author="Ada")

    second = await ask(asgi_client, "/dashboard/")

    seen = [(answer["published"], answer["latest"][:1]) for answer in (first, second)]
    expected = [
        (1, [{"title": "Opera", "author": "Bob"}]),
        (2, [{"title": "Rain", "author": "Ada"}]),
    ]
    assert seen == expected, (
        "GET /dashboard/, then 'Rain' is published, then GET /dashboard/ again: "
        f"(published, newest) {seen!r}; expected {expected!r}."
    )
