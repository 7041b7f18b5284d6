"""The archive: read by the ORM, in one trip to a thread."""

from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse

from dojo.instruments.connections import Connections
from dojo.instruments.hops import Hops
from dojo.instruments.orm_guard import Queries
from katas.newsroom.models import Article
from tests.k701_async_report.archive import failing, most_rows
from tests.k701_async_report.site import REPORT, Site

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
    pytest.mark.usefixtures("nobody_listens"),
]

MORNING = datetime(2026, 3, 1, 6, tzinfo=UTC)


@sync_to_async
def write(published: int, drafts: int = 0) -> list[str]:
    """Store articles, the newest somewhere in the middle; return published slugs, newest first."""
    hours = {f"story-{number}": number * 7 % published for number in range(published)}
    stored = [
        Article(slug=slug, status="published", published_at=MORNING + timedelta(hours=hour))
        for slug, hour in hours.items()
    ]
    # One that was published once, and has been taken back.
    stored += [
        Article(slug=f"draft-{number}", published_at=MORNING + timedelta(days=30))
        for number in range(drafts)
    ]
    Article.objects.bulk_create(stored)
    return sorted(hours, key=hours.__getitem__, reverse=True)


@pytest.mark.task(2)
@pytest.mark.parametrize("published", [0, 3, 12])
async def test_what_is_published(site: Site, published: int) -> None:
    """The report says how many articles are published, and names the newest ten, newest first."""
    newest = (await write(published, drafts=4))[:10]

    answer = await site.ask()
    seen = {key: answer.part(key, task=2) for key in ("published", "newest")}

    expected = {"published": published, "newest": newest}
    assert seen == expected, (
        f"GET {REPORT}, with {published} published articles and 4 drafts: {seen}; expected "
        f"{expected}. (task 2)"
    )


@pytest.mark.task(2)
async def test_one_trip_to_a_thread(site: Site, hops: Hops) -> None:
    """A request goes to a thread once more than that of an empty page does."""

    async def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    await write(12)
    site.serve(page, middleware=[])
    await site.ask("/page/")
    with hops.during() as bare:
        await site.ask("/page/")
    with hops.during() as mine:
        answer = await site.ask()
    newest = answer.part("newest", task=2)

    assert len(newest) == 10, f"GET {REPORT}: newest is {newest}; expected 10 slugs. (task 2)"
    assert mine.above(bare) == 1, mine.explain(
        f"GET {REPORT}, which nobody is told of",
        expected=f"{len(bare) + 1}: Django's own {len(bare)}, and one for the archive",
        task=2,
    )


@pytest.mark.task(2)
async def test_no_more_rows_than_shown(site: Site, queries: Queries) -> None:
    """The database counts the articles and cuts off after ten: it does not send them all."""
    await write(40, drafts=4)

    with queries.during() as mine:
        (await site.ask()).check(200, task=2)

    rows, greediest = await sync_to_async(most_rows)(mine)
    assert rows <= 10, (
        f"GET {REPORT}, with 40 published articles: one query brought {rows} rows; expected 10 at "
        f"most. (task 2)\n    {greediest}"
    )


@pytest.mark.task(2)
async def test_the_archive_fails(site: Site) -> None:
    """When the archive can't be read, the answer is a 500, and not a report without archive."""
    with failing() as error:
        answer = await site.ask()

    assert answer.status == 500, (
        f"GET {REPORT}, and each query raised {error!r}: answered {answer.status} with "
        f"{answer.body.decode()}; expected 500. (task 2)"
    )


@pytest.mark.task(2)
async def test_no_connection_stays_open(site: Site, connections_opened: Connections) -> None:
    """When the request is over, no connection to the database is open."""
    (await site.ask()).check(200, task=2)
    left = connections_opened.open

    assert not left, left.explain(
        f"GET {REPORT}: connections that stay open", expected="none", task=2
    )
