"""The answer: the same counts as before, and those of this moment."""

import pytest

from katas.newsroom.models import Article, Author, Tag
from tests.k204_too_many_hops.asking import Dashboard, Publish

pytestmark = [
    pytest.mark.urls("katas.k204_too_many_hops.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
]


@pytest.mark.task(1)
async def test_counts_what_there_is(publish: Publish, dashboard: Dashboard) -> None:
    """The page counts published, draft and unsigned articles, and the tags of published ones."""
    await publish("The bridge is open", author="Ada", tags=("city", "traffic", "bridges"))
    await publish("Rain", tags=("weather", "city"))
    await publish("Opera", author="Bob", tags=("city",))
    await publish("Not yet", author="Ada", tags=("secret",), draft=True)
    await publish("Nor this", draft=True)

    answer = await dashboard()

    shown = {key: answer[key] for key in ("published", "drafts", "unsigned", "tags")}
    expected = {"published": 3, "drafts": 2, "unsigned": 1, "tags": 4}
    assert shown == expected, (
        "GET /dashboard/ with 3 articles published, one of them unsigned, with 4 tags between "
        f"them, and 2 drafts: {shown!r}; expected {expected!r}."
    )


@pytest.mark.task(1)
async def test_shows_what_has_changed(publish: Publish, dashboard: Dashboard) -> None:
    """A second request shows what was published since the first one."""
    await publish("The bridge is open", author="Ada")
    await publish("Rain")
    await publish("Opera", author="Bob")
    first = await dashboard()
    await publish("Snow", author="Ada")

    second = await dashboard()

    seen = [(answer["published"], answer["latest"][:1]) for answer in (first, second)]
    expected = [
        (3, [{"title": "Opera", "author": "Bob"}]),
        (4, [{"title": "Snow", "author": "Ada"}]),
    ]
    assert seen == expected, (
        "GET /dashboard/, then 'Snow' is published, then GET /dashboard/ again: "
        f"(published, newest) {seen!r}; expected {expected!r}."
    )


@pytest.mark.task(1)
async def test_shows_a_correction(publish: Publish, dashboard: Dashboard) -> None:
    """A second request shows a title that was corrected, when nothing else has changed."""
    await publish("Oprea", author="Bob", slug="opera")
    await publish("Fog", author="Ada")
    first = await dashboard()
    await Article.objects.filter(slug="opera").aupdate(title="Opera")

    second = await dashboard()

    seen = [[article["title"] for article in answer["latest"]] for answer in (first, second)]
    expected = [["Fog", "Oprea"], ["Fog", "Opera"]]
    assert seen == expected, (
        "GET /dashboard/, then 'Oprea' is corrected to 'Opera', then GET /dashboard/ again: "
        f"latest titles {seen!r}; expected {expected!r}."
    )


@pytest.mark.task(1)
async def test_shows_another_name(publish: Publish, dashboard: Dashboard) -> None:
    """A second request shows an author's name that was corrected, when nothing else has changed."""
    await publish("Opera", author="Bbo")
    first = await dashboard()
    await Author.objects.filter(name="Bbo").aupdate(name="Bob")

    second = await dashboard()

    seen = [(answer["latest"][0]["author"], answer["busiest"]) for answer in (first, second)]
    expected = [(name, [{"name": name, "published": 1}]) for name in ("Bbo", "Bob")]
    assert seen == expected, (
        "GET /dashboard/, then the author 'Bbo' is corrected to 'Bob', then GET /dashboard/ again: "
        f"(author of the newest, busiest) {seen!r}; expected {expected!r}."
    )


@pytest.mark.task(1)
@pytest.mark.parametrize("figure", ["drafts", "unsigned", "tags"])
async def test_shows_another_figure(figure: str, publish: Publish, dashboard: Dashboard) -> None:
    """A second request shows a figure that has changed, when as much is published as before."""
    await publish("Opera", author="Bob", slug="opera")
    first = await dashboard()
    if figure == "drafts":
        await publish("Not yet", draft=True)
    elif figure == "unsigned":
        await Article.objects.filter(slug="opera").aupdate(author=None)
    else:
        opera = await Article.objects.aget(slug="opera")
        await opera.tags.aadd(await Tag.objects.acreate(name="city"))

    second = await dashboard()

    seen = [answer[figure] for answer in (first, second)]
    assert seen == [0, 1], (
        f"GET /dashboard/ with one article, then {figure} change from 0 to 1, then GET "
        f"/dashboard/ again: {figure} {seen!r}; expected [0, 1]."
    )


@pytest.mark.task(1)
async def test_an_empty_newsroom_has_figures_too(dashboard: Dashboard) -> None:
    """Without articles the page shows zeros and empty lists."""
    answer = await dashboard()

    counts = {"published": 0, "drafts": 0, "unsigned": 0, "tags": 0}
    expected = {**counts, "latest": [], "busiest": []}
    assert answer == expected, (
        f"GET /dashboard/ in an empty newsroom: {answer!r}; expected {expected!r}."
    )
