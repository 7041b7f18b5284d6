"""The stream: what is read is sent, and what is not sent is not read on."""

import asyncio

import pytest

from dojo.instruments.clock import Clock
from katas.newsroom.models import Article
from tests.k601_csv_stream.fetches import Fetches
from tests.k601_csv_stream.reading import HEADER, Memory, Piece, Publish, Read, articles_in

pytestmark = [
    pytest.mark.urls("tests.k601_csv_stream.site"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
]

either_way = pytest.mark.filterwarnings("always:StreamingHttpResponse must consume")


@pytest.mark.task(2)
async def test_django_does_not_warn(publish: Publish, read: Read) -> None:
    """Django does not have to consume the stream first, and so does not warn."""
    await publish(5)

    reading = await read(3)

    warned = reading.error if isinstance(reading.error, Warning) else None
    assert warned is None, f"{reading.call}: Django warned: {warned} Expected no warning."
    reading.check()


@pytest.mark.task(2)
@either_way
@pytest.mark.parametrize(("number", "chunk_rows"), [(20, 4), (20, 7), (9, 1)])
async def test_the_first_articles_leave_first(
    publish: Publish, read: Read, number: int, chunk_rows: int
) -> None:
    """The first chunk has left before the first row of the second one is fetched."""
    await publish(number)

    reading = (await read(chunk_rows, takes_s=0.73)).check()

    first = next((piece for piece in reading.pieces if articles_in(piece.text)), Piece("", 0, 0))
    assert first.fetched <= chunk_rows, (
        f"{reading.call} with {number} articles: {first.fetched} rows had been fetched when the "
        f"reader had taken the first article; expected at most {chunk_rows} (chunk_rows)."
    )


@pytest.mark.task(2)
@either_way
@pytest.mark.parametrize(("number", "chunk_rows"), [(20, 4), (20, 7), (9, 1)])
async def test_a_slow_reader_holds_up_the_database(
    publish: Publish, read: Read, number: int, chunk_rows: int
) -> None:
    """With a slow reader, no more than a chunk is ever fetched and not yet taken."""
    await publish(number)

    reading = (await read(chunk_rows, takes_s=1.37)).check()

    most = max(reading.pieces, key=lambda piece: piece.waiting, default=Piece("", 0, 0))
    assert most.waiting <= chunk_rows, (
        f"{reading.call} with {number} articles, and a reader who takes 1.37 s for each piece: "
        f"{most.fetched} rows had been fetched when {most.before} articles had been taken, "
        f"{most.waiting} more; expected at most {chunk_rows} more (chunk_rows)."
    )


@pytest.mark.task(2)
@either_way
async def test_nobody_keeps_what_is_sent(publish: Publish, read: Read) -> None:
    """While a large file is sent, the memory in use never grows by half of it."""
    size = 60 * 25_000
    # What is made at the first request, and stays, is no part of the file.
    await read(1)
    await publish(60)
    await Article.objects.aupdate(body="x" * 25_000)

    with Memory() as memory:
        reading = (await read(1, watch=memory.look)).check()

    assert memory.most < size / 2, (
        f"{reading.call} with 60 articles of 25 kB each, {size // 1000} kB in all: "
        f"{memory.most // 1000} kB more were in use when the reader had taken a piece than before "
        f"the request; expected less than {size // 2000} kB."
    )


@pytest.mark.task(2)
@either_way
async def test_the_length_is_not_known(publish: Publish, read: Read) -> None:
    """The headers promise no length: they leave before the rows are there."""
    await publish(5)

    reading = (await read(3)).check()

    promised = reading.headers.get("content-length")
    assert promised is None, (
        f"{reading.call}: Content-Length {promised!r}, of a file of {len(reading.body)} bytes; "
        "expected no such header in a stream."
    )


@pytest.mark.task(2)
@either_way
async def test_a_fast_reader_beside_a_slow_one(publish: Publish, read: Read, clock: Clock) -> None:
    """Two readers at once get a whole file each, and the fast one does not wait for the slow."""
    expected = [HEADER, *await publish(20)]

    slow = asyncio.create_task(read(4, takes_s=50))
    await asyncio.sleep(10.3)
    fast = await read(3)
    waited = round(clock.now - 10.3, 6)
    readings = {"fast": fast, "slow": await slow}

    for name, reading in readings.items():
        assert reading.rows == expected, (
            f"{reading.call}, by the {name} one of two readers at once: the rows are "
            f"{reading.rows}; expected {expected}."
        )
    assert waited == 0, (
        f"{fast.call}, while another reader takes 50 s for each piece: it took {waited:g} s; "
        "expected 0 s."
    )


@pytest.mark.task(2)
@either_way
async def test_two_at_the_same_moment(publish: Publish, read: Read, fetches: Fetches) -> None:
    """Two readers who ask at the same moment get a whole file each."""
    expected = [HEADER, *await publish(20)]
    fetches.take_s = 0.29

    for reading in await asyncio.gather(read(4), read(4)):
        assert reading.rows == expected, (
            f"{reading.call}, twice at the same moment: the rows are {reading.rows}; "
            f"expected {expected}."
        )
