"""The meter: three articles a session, counted where the next request finds it."""

from collections.abc import Awaitable, Callable

import pytest

from dojo.instruments.orm_guard import Queries
from tests.k605_auth_session_gate.accounts import change_password, copied, data_of, deactivate
from tests.k605_auth_session_gate.conftest import PUBLISHED, Visit
from tests.k605_auth_session_gate.site import COOKIE, Answer, Visitor, expect_async

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("file")]

WRITES = ("INSERT", "UPDATE", "DELETE")


async def read(visitor: Visitor, slug: str) -> Answer:
    """Ask for an article."""
    return await visitor.get(f"/articles/{slug}/")


async def read_all(visitor: Visitor, *slugs: str) -> None:
    """Open articles that are still free, which leaves 2, 1 and 0 more."""
    __tracebackhide__ = True
    for number, slug in enumerate(slugs, start=1):
        answer = await read(visitor, slug)
        answer.expect(200, task=3, why=f"request {number} of the session", left=3 - number)


async def expect_writes(queries: Queries, visitor: Visitor, slug: str, number: int) -> Answer:
    """Ask for an article; fail unless the session is written *number* times."""
    __tracebackhide__ = True
    with queries.during() as sent:
        answer = await read(visitor, slug)
    writes = Queries(
        query for query in sent.matching("django_session") if query.sql.startswith(WRITES)
    )
    assert len(writes) == number, writes.explain(
        f"{answer}, statements that write a session", expected=str(number), task=3
    )
    return answer


@pytest.mark.task(3)
async def test_first_article(visit: Visit) -> None:
    """The first article is shown, and leaves two."""
    answer = await read(await visit("reader"), "alps")

    answer.expect(200, task=3, slug="alps", body="The alps.", left=2)


@pytest.mark.task(3)
@pytest.mark.parametrize("name", ["reader", "stranger"])
async def test_three_are_free(visit: Visit, name: str) -> None:
    """Each request finds what the ones before have left; the fourth article costs."""
    reader = await visit(name)
    await read_all(reader, *PUBLISHED[:3])

    for slug in PUBLISHED[3:]:
        answer = await read(reader, slug)
        answer.expect(402, task=3, why="three articles have been opened", left=0)


@pytest.mark.task(3)
async def test_twice_counts_once(visit: Visit) -> None:
    """An article that was opened before costs nothing, also when none is left."""
    reader = await visit("reader")
    await read_all(reader, *PUBLISHED[:2])
    (await read(reader, "alps")).expect(200, task=3, why="opened before", left=1)
    (await read(reader, "canal")).expect(200, task=3, why="the third", left=0)
    (await read(reader, "delta")).expect(402, task=3, why="the fourth", left=0)

    for slug in PUBLISHED[:3]:
        answer = await read(reader, slug)
        answer.expect(200, task=3, why="opened before", body=f"The {slug}.", left=0)


@pytest.mark.task(3)
@pytest.mark.parametrize("slug", ["flood", "nothing"])
async def test_not_found_is_free(visit: Visit, slug: str) -> None:
    """What is not published, or does not exist, is a 404 and is not counted."""
    reader = await visit("reader")
    (await read(reader, slug)).expect(404, task=3)

    await read_all(reader, *PUBLISHED[:3])
    (await read(reader, slug)).expect(404, task=3, why="whatever is left")


@pytest.mark.task(3)
async def test_one_meter_each(visit: Visit) -> None:
    """Readers who take turns have a meter each."""
    one, two = await visit("reader"), await visit("another reader")

    for number, slug in enumerate(PUBLISHED[:3], start=1):
        for reader in (one, two):
            answer = await read(reader, slug)
            answer.expect(200, task=3, why=f"article {number} of each of two", left=3 - number)


@pytest.mark.task(3)
async def test_session_holds_the_meter(visit: Visit) -> None:
    """Another server process, which knows the stored session alone, goes on counting."""
    reader, elsewhere = await visit("reader"), await visit("the reader, on another server")
    await read_all(reader, *PUBLISHED[:2])
    key = await copied(reader.key)
    assert key, "after two articles, no session is stored; expected one that says so. (task 3)"
    elsewhere.cookies = {COOKIE: key}

    why = "the stored session says that alps and bridge were opened"
    (await read(elsewhere, "canal")).expect(200, task=3, why=why, left=0)
    (await read(elsewhere, "delta")).expect(402, task=3, why=why, left=0)


@pytest.mark.task(3)
async def test_session_keeps_the_rest(visit: Visit) -> None:
    """What else the session holds stays in it."""
    stranger = await visit("stranger")
    await read_all(stranger, *PUBLISHED[:3])

    basket = (await data_of(stranger.key)).get("basket")
    assert basket == "tea", (
        f"a session with basket 'tea', after three articles: {basket!r}; expected 'tea'. (task 3)"
    )


@pytest.mark.task(3)
async def test_signed_in_reads_on(visit: Visit) -> None:
    """Who has signed in reads without a meter."""
    eve = await visit("eve")

    for slug in (*PUBLISHED, *PUBLISHED):
        answer = await read(eve, slug)
        answer.expect(200, task=3, why="signed in", body=f"The {slug}.", left=None)


@pytest.mark.task(3)
@pytest.mark.parametrize("change", [deactivate, change_password])
async def test_ended_session_is_metered(
    visit: Visit, change: Callable[[str], Awaitable[None]]
) -> None:
    """Whose account was deactivated, or has another password, is counted like everybody."""
    eve = await visit("eve")
    (await read(eve, "alps")).expect(200, task=3, why="signed in", left=None)
    await change("eve")

    await read_all(eve, *PUBLISHED[:3])
    why = f"after '{change.__name__.replace('_', ' ')}', her session is nobody's"
    (await read(eve, "delta")).expect(402, task=3, why=why, left=0)


@pytest.mark.task(3)
async def test_written_once_when_it_counts(visit: Visit, queries: Queries) -> None:
    """A request that counts writes the session once."""
    reader = await visit("reader")

    for slug in PUBLISHED[:3]:
        (await expect_writes(queries, reader, slug, 1)).expect(200, task=3)


@pytest.mark.task(3)
async def test_not_written_when_it_does_not(visit: Visit, queries: Queries) -> None:
    """A request that counts nothing does not write the session."""
    reader, eve, newcomer = await visit("reader"), await visit("eve"), await visit("newcomer")
    await read_all(reader, *PUBLISHED[:3])

    asked = [(reader, "alps"), (reader, "delta"), (reader, "flood"), (eve, "alps")]
    for visitor, slug in [*asked, (newcomer, "flood")]:
        await expect_writes(queries, visitor, slug, 0)


@pytest.mark.task(3)
async def test_article_stays_async() -> None:
    """The page is an async view."""
    expect_async("/articles/alps/", task=3)
