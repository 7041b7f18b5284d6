"""The stream: what the hub has for a reader, as soon as it comes, also when somebody is stuck."""

import asyncio

import pytest

from tests.k603_slow_consumer.match import at_once, in_memory, publish
from tests.k603_slow_consumer.site import CALL, Site


@pytest.mark.task(4)
async def test_streams_each_line_when_it_comes(site: Site) -> None:
    """A reader gets a text/plain answer, and each line as soon as it is published."""
    async with site.reader() as reader:
        reader.check("before a line was published", [])
        assert reader.content_type.startswith("text/plain"), (
            f"{CALL}: Content-Type {reader.content_type!r}; expected text/plain. (task 4)"
        )
        for number in (1, 2, 3, 4, 5):
            publish(site.hub, number)
            await at_once()
            reader.check(f"when line {number} was published", list(range(1, number + 1)))


@pytest.mark.task(4)
async def test_goes_on_after_an_hour(site: Site) -> None:
    """A stream has no end, also when nothing is published for an hour."""
    async with site.reader() as reader:
        publish(site.hub, 1)
        await asyncio.sleep(3600)
        publish(site.hub, 2)
        await at_once()
        reader.check("when line 1 was published and, an hour later, line 2", [1, 2])


@pytest.mark.task(4)
async def test_who_was_stuck_is_told(site: Site) -> None:
    """Who was stuck gets the line that was being sent, a notice, the newest lines, and goes on."""
    async with site.reader() as reader:
        await reader.stop()
        for number in range(1, 11):
            publish(site.hub, number)
            await at_once()
        reader.check("stuck, when lines 1 to 10 were published", [])
        await reader.go_on()
        what = "stuck with line 1 while lines 2 to 10 were published, capacity 3, then not any more"
        reader.check(what, [1, "(6 missed)", 8, 9, 10])
        publish(site.hub, 11)
        await at_once()
        reader.check(f"{what}, when line 11 was published", [1, "(6 missed)", 8, 9, 10, 11])


@pytest.mark.task(4)
async def test_one_item_at_a_time_is_sent(site: Site) -> None:
    """Of a burst that meets a reader who is stuck, one line is being sent, and three wait."""
    async with site.reader() as reader:
        await reader.stop()
        publish(site.hub, 1, 3)
        await at_once()
        publish(site.hub, 4, 10)
        await reader.go_on()
        reader.check(
            "stuck while lines 1 to 3 were published in one go, then lines 4 to 10, capacity 3, "
            "then not any more",
            [1, "(6 missed)", 8, 9, 10],
        )


@pytest.mark.task(4)
async def test_who_is_not_stuck_gets_each_line(site: Site) -> None:
    """Among three readers, whichever is stuck, the others get each line at once."""
    for stuck in range(3):
        async with site.readers(3) as readers:
            await readers[stuck].stop()
            for number in range(1, 9):
                publish(site.hub, number)
                await at_once()
                for place, reader in enumerate(readers):
                    if place != stuck:
                        reader.check(
                            f"reader {place + 1} of three, of whom reader {stuck + 1} is stuck, "
                            f"when line {number} was published",
                            list(range(1, number + 1)),
                        )
            for reader in readers:
                await reader.leave()


@pytest.mark.task(4)
@pytest.mark.parametrize("how", ["stuck", "reading"])
async def test_little_is_kept(site: Site, how: str) -> None:
    """For a reader, stuck or not, no more than three lines wait, besides the one being sent."""
    async with site.reader() as reader:
        if how == "stuck":
            await reader.stop()
        published = []
        for number in range(1, 51):
            published += publish(site.hub, number)
            await at_once()
        kept = in_memory(published)

    assert kept <= 4, (
        f"{CALL}, {how} while 50 lines were published, capacity 3: {kept} lines are still in "
        "memory; expected at most 4, one of them being sent. (task 4)"
    )
