"""Resuming: a browser that comes back says which event was its last one."""

import pytest

from tests.k602_sse_feed.blog import Blog, wait

TEXTS = ("Gale warning", "Bridge shut", "Trees down", "Power out", "Ferries back")


@pytest.mark.task(4)
async def test_a_new_reader_gets_what_comes(blog: Blog) -> None:
    """Without Last-Event-ID, a reader gets what is published from then on, and nothing older."""
    await blog.publish("Gale warning")

    async with blog.reader() as reader:
        reader.check_got(when="with entry 1 published before")
        entry = await blog.publish("Bridge shut")

        reader.check_got(entry, when="with entry 1 published before, and entry 2 since")


@pytest.mark.task(4)
@pytest.mark.parametrize("last", [0, 3, 5])
async def test_a_reader_who_comes_back(blog: Blog, last: int) -> None:
    """With Last-Event-ID, the entries after it come first and at once, then what is published."""
    entries = [await blog.publish(text) for text in TEXTS]

    async with blog.reader(last_id=str(last)) as reader:
        reader.check_got(*entries[last:], when="the moment it came, with entries 1 to 5 published")
        entries.append(await blog.publish("Calm"))

        reader.check_got(*entries[last:], when="with entries 1 to 5 published, and entry 6 since")


@pytest.mark.task(4)
async def test_each_reader_has_a_last_event(blog: Blog) -> None:
    """Two readers who come back at the same time each get what they have missed themselves."""
    entries = [await blog.publish(text) for text in TEXTS]

    async with (
        blog.reader(last_id="4", full=True) as first,
        blog.reader(last_id="1", full=True) as second,
    ):
        for reader in (first, second):
            reader.line.empty()
            await wait(0)
        entries.append(await blog.publish("Calm"))
        when = "with two readers who have seen 4 and 1 of entries 1 to 5, and entry 6 since"

        first.check_got(*entries[4:], when=when)
        second.check_got(*entries[1:], when=when)


@pytest.mark.task(4)
@pytest.mark.parametrize("full", [False, True], ids=["", "full"])
@pytest.mark.parametrize(
    "last_id", ["", "harbour", "3.5", "²", "9" * 5000], ids=["empty", "word", "3.5", "²", "long"]
)
async def test_a_last_event_that_is_no_number(blog: Blog, last_id: str, full: bool) -> None:
    """A Last-Event-ID that `int` cannot read is treated as none."""
    await blog.publish("Gale warning")

    async with blog.reader(last_id=last_id, full=full) as reader:
        entry = await blog.publish("Bridge shut")
        reader.line.empty()
        await wait(0)

        since = " while the head of the response was sent" if full else " since"
        reader.check_got(entry, when=f"with entry 1 published before, and entry 2{since}")


@pytest.mark.task(4)
@pytest.mark.parametrize("full", [False, True], ids=["", "full"])
async def test_a_last_event_that_is_yet_to_come(blog: Blog, full: bool) -> None:
    """A Last-Event-ID above the newest number, from before a restart, is treated as none."""
    await blog.publish("Gale warning")

    async with blog.reader(last_id="500", full=full) as reader:
        entry = await blog.publish("Bridge shut")
        reader.line.empty()
        await wait(0)

        since = " while the head of the response was sent" if full else " since"
        reader.check_got(entry, when=f"with entry 1 published before, and entry 2{since}")
