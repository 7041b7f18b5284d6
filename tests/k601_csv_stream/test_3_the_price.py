"""The price: queries, hops, and where they run."""

import sys
import threading
import traceback
from collections import Counter
from collections.abc import Iterator

import pytest
from django.core.signals import request_started

from dojo.instruments.connections import Connections
from dojo.instruments.hops import Hops
from dojo.instruments.orm_guard import Queries
from katas.k601_csv_stream import views
from tests.k601_csv_stream.reading import Publish, Read, Reader

pytestmark = [
    pytest.mark.urls("tests.k601_csv_stream.site"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
    pytest.mark.filterwarnings("always:StreamingHttpResponse must consume"),
]

#: Besides one a chunk: to see that nothing follows, to close what is open, to call a sync view.
SPARE = 3


def explain(hops: Hops, bare: Hops) -> str:
    """List the hops that a page which does nothing did not make, those of one line together."""
    mine = Counter(map(str, hops))
    mine.subtract(Counter(map(str, bare)))
    return "".join(f"\n  {times:>3} × {hop}" for hop, times in mine.items() if times > 0)


def in_threads() -> Iterator[str]:
    """Yield the lines of the answer at which threads are, other than this one."""
    for thread, frame in sys._current_frames().items():
        if thread != threading.get_ident():
            for inner, line in traceback.walk_stack(frame):
                if inner.f_code.co_filename == views.__file__:
                    yield f"line {line} of views.py, in {inner.f_code.co_qualname}"


@pytest.mark.task(3)
@pytest.mark.parametrize(("number", "chunk_rows"), [(24, 4), (40, 10), (22, 11)])
async def test_hops_once_a_chunk(
    publish: Publish, reader: Reader, read: Read, hops: Hops, number: int, chunk_rows: int
) -> None:
    """The export goes to a thread once for each chunk, and at most three times besides."""
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
async def test_in_the_thread_of_the_request(publish: Publish, read: Read, queries: Queries) -> None:
    """The query runs in the request's own thread, whose connection Django closes."""
    await publish(20)
    threads = []

    def note(**kwargs: object) -> None:
        threads.append(threading.get_ident())

    # Django calls its sync receivers, and closes connections, where `sync_to_async` goes.
    request_started.connect(note)
    try:
        with queries.during() as sent:
            reading = (await read(4)).check()
    finally:
        request_started.disconnect(note)

    astray = [str(query) for query in sent if query.thread_id not in threads]
    assert not astray, (
        f"{reading.call}: {len(astray)} of {len(sent)} queries ran in another thread than the "
        f"request's own; expected none. {astray}"
    )


@pytest.mark.task(3)
@pytest.mark.parametrize("chunk_rows", [4, 7])
async def test_no_thread_waits_for_the_reader(
    publish: Publish, read: Read, chunk_rows: int
) -> None:
    """While the reader takes a piece, no thread is held by the export."""
    await publish(20)
    held: list[str] = []

    reading = await read(chunk_rows, takes_s=1.37, watch=lambda _: held.extend(in_threads()))
    reading.check()

    assert not held, (
        f"{reading.call} with 20 articles, and a reader who takes 1.37 s for each piece: "
        f"meanwhile, a thread was at {held[0]}; expected none."
    )


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
