"""The end: a file that is not whole does not look like one."""

import pytest

from tests.k601_csv_stream.fetches import Fetches, LostError
from tests.k601_csv_stream.reading import HEADER, Publish, Read

pytestmark = [
    pytest.mark.urls("tests.k601_csv_stream.site"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
    pytest.mark.filterwarnings("always:StreamingHttpResponse must consume"),
]


@pytest.mark.task(4)
@pytest.mark.parametrize("rows", [4, 12])
async def test_an_error_breaks_the_file_off(
    publish: Publish, read: Read, fetches: Fetches, rows: int
) -> None:
    """When the database is lost in the middle, its error comes out, and the server sees no end."""
    await publish(20)
    fetches.lose_after(rows)

    reading = await read(4)

    call = f"{reading.call}, with a database that is lost after {rows} of 20 rows"
    how = "the end was sent" if reading.ended else "no end was sent"
    out = f"what came out of the application was {reading.told}"
    if reading.error is None and reading.status == 500:
        out = f"the status was 500, from an error before the stream ({reading.told})"
    assert isinstance(reading.error, LostError), (
        f"{call}: {how}, and {out}; expected no end, and the OperationalError of the database to "
        "come out."
    )
    assert not reading.ended, f"{call}: {how}; expected none, so that the reader learns of it."


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
