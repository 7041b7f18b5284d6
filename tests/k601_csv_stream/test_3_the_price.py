"""The price: queries, hops, and where they run."""

from collections import Counter

import pytest

from dojo.instruments.connections import Connections
from dojo.instruments.hops import Hops
from dojo.instruments.orm_guard import Queries
from tests.k601_csv_stream.reading import Publish, Read, Reader

pytestmark = [
    pytest.mark.urls("tests.k601_csv_stream.site"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
    pytest.mark.filterwarnings("always:StreamingHttpResponse must consume"),
]

#: Besides one a chunk: to see that nothing follows, and to call a sync view.
SPARE = 2


def explain(hops: Hops, bare: Hops) -> str:
    """List the hops that a page which does nothing did not make, those of one line together."""
    mine = Counter(map(str, hops))
    mine.subtract(Counter(map(str, bare)))
    return "".join(f"\n  {times:>3} × {hop}" for hop, times in mine.items() if times > 0)


@pytest.mark.task(3)
@pytest.mark.parametrize(("number", "chunk_rows"), [(24, 4), (40, 10), (22, 11)])
async def test_hops_once_a_chunk(
    publish: Publish, reader: Reader, read: Read, hops: Hops, number: int, chunk_rows: int
) -> None:
    """The export goes to a thread once for each chunk, and at most twice besides."""
    await publish(number)
    with hops.during() as bare:
        await reader("/ping/")

    with hops.during() as taken:
        reading = (await read(chunk_rows)).check()

    chunks = -(-number // chunk_rows)
    most = chunks + SPARE
    assert taken.above(bare) <= most, (
        f"{reading.call} with {number} articles: {taken.above(bare)} hops to a thread more than "
        f"GET /ping/; expected at most {most}, {chunks} for the chunks and {SPARE} besides."
        f"{explain(taken, bare)}"
    )


@pytest.mark.task(3)
@pytest.mark.parametrize("number", [1, 20])
async def test_asks_once(publish: Publish, read: Read, queries: Queries, number: int) -> None:
    """However many the articles, chunks and authors, the export sends one query."""
    await publish(number)

    with queries.during() as sent:
        reading = (await read(4)).check()

    assert len(sent) == 1, sent.explain(f"{reading.call} with {number} articles", expected="1")


@pytest.mark.task(3)
async def test_the_connection_is_closed(
    publish: Publish, read: Read, connections_opened: Connections
) -> None:
    """When the file has been sent, the database connection of the request is closed."""
    await publish(20)

    with connections_opened.during() as opened:
        reading = (await read(4)).check()

    left = [str(one.thread) for one in opened.open]
    assert not left, (
        f"{reading.call}: connections left open afterwards, in threads {left}; expected none."
    )
