"""The end: a file that is not whole does not look like one."""

import pytest

from tests.k601_csv_stream.fetches import Fetches, LostError
from tests.k601_csv_stream.leaving import leave, leave_in_a_fetch
from tests.k601_csv_stream.reading import HEADER, NOTHING, Publish, Read, Reading

pytestmark = [
    pytest.mark.urls("tests.k601_csv_stream.site"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
    pytest.mark.filterwarnings("always:StreamingHttpResponse must consume"),
]


def check_broken_off(reading: Reading, fetches: Fetches, how: str) -> None:
    """Fail unless the error of the database came out, and the server was told of no end."""
    __tracebackhide__ = True
    call = f"{reading.call}, with a database that {how}"
    # An answer that never got as far is judged below, by what came of it.
    unplugged = fetches.told_lost or reading.told != NOTHING
    assert unplugged, (
        f"{call}: the test could not unplug it from this way of reading, and has nothing to judge; "
        "it knows the fetches and the iteration of Django's cursors. Read through one of them."
    )
    end = "the end was sent" if reading.ended else "no end was sent"
    out = f"what came out of the application was {reading.told}"
    if reading.error is None and reading.status == 500:
        out = f"the status was 500, from an error before the stream ({reading.told})"
    assert isinstance(reading.error, LostError), (
        f"{call}: {end}, and {out}; expected no end, and the OperationalError of the database to "
        "come out."
    )
    assert not reading.ended, f"{call}: {end}; expected none, so that the reader learns of it."


@pytest.mark.task(4)
@pytest.mark.parametrize("rows", [4, 12])
async def test_an_error_breaks_the_file_off(
    publish: Publish, read: Read, fetches: Fetches, rows: int
) -> None:
    """When the database is lost in the middle, its error comes out, and the server sees no end."""
    await publish(20)
    fetches.lose_after(rows)

    check_broken_off(await read(4), fetches, f"is lost after {rows} of 20 rows")


@pytest.mark.task(4)
async def test_lost_before_the_first_row(publish: Publish, read: Read, fetches: Fetches) -> None:
    """When the first fetch fails, the answer is no file without articles: no end, or a 500."""
    await publish(20)
    fetches.lose_after(0)

    reading = await read(4)

    # A view that looks at the first rows before it answers can still say so.
    if reading.status < 500:
        check_broken_off(reading, fetches, "is lost before the first row")


@pytest.mark.task(4)
@pytest.mark.parametrize("rows", [0, 8])
async def test_it_does_not_go_on(publish: Publish, read: Read, fetches: Fetches, rows: int) -> None:
    """When one fetch fails, its error comes out, even if the database is back at once."""
    await publish(20)
    fetches.lose_after(rows, comes_back=True)

    reading = await read(4)

    # As above: before the first row, it may be a 500.
    if rows or reading.status < 500:
        check_broken_off(reading, fetches, f"is lost after {rows} of 20 rows, and back at once")


@pytest.mark.task(4)
@pytest.mark.parametrize("rows", [4, 12])
async def test_nothing_takes_the_place_of_a_row(
    publish: Publish, read: Read, fetches: Fetches, rows: int
) -> None:
    """When the database is lost in the middle, all that has been sent is a part of the file."""
    expected = [HEADER, *await publish(20)]
    fetches.lose_after(rows)

    reading = await read(4)

    sent = reading.rows_so_far if reading.status == 200 else []
    assert sent == expected[: len(sent)], (
        f"{reading.call}, with a database that is lost after {rows} of 20 rows: sent {sent}; "
        f"expected nothing but the first rows of {expected}."
    )


@pytest.mark.task(4)
async def test_nothing_is_sent_to_a_reader_who_has_gone(
    publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the reader goes away in the middle, the generator ends, and yields nothing more."""
    await publish(20)

    heard = await leave("/export/4/", after=2, monkeypatch=monkeypatch)

    assert "async generator ignored GeneratorExit" not in heard, (
        "GET /export/4/ with 20 articles, and a reader who goes away in the third piece: the "
        "generator yielded when it was closed (RuntimeError: async generator ignored "
        "GeneratorExit); expected it to end."
    )


@pytest.mark.task(4)
async def test_no_end_when_the_reader_goes_in_a_fetch(
    publish: Publish, fetches: Fetches, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the reader goes away during a fetch, the server sees no end."""
    await publish(20)
    fetches.take_s = 1.37

    late = await leave_in_a_fetch("/export/4/", after_s=0.53, monkeypatch=monkeypatch)

    ended = any(
        message["type"] == "http.response.body" and not message.get("more_body", False)
        for message in late
    )
    assert not ended, (
        "GET /export/4/ with 20 articles, and a reader who goes away while further rows are "
        "fetched: the end was sent after that; expected none, because CancelledError comes out of "
        "what Django iterates over."
    )
