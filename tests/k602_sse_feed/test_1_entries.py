"""Entries: sent when they are published, to everybody who reads."""

from typing import TYPE_CHECKING

import pytest

from tests.k602_sse_feed import witness
from tests.k602_sse_feed.blog import Blog, wait

if TYPE_CHECKING:
    from pytest_django import Settings

# No round ones: who looks every so often would be in time for one of those by luck.
MOMENTS = (0.1371, 2.7183, 1.6181)


@pytest.mark.task(1)
async def test_the_response_begins_at_once(blog: Blog) -> None:
    """The response begins when the reader comes, though there is nothing to tell yet."""
    async with blog.reader() as reader:
        reader.check_got(when="before anything was published")


@pytest.mark.task(1)
async def test_entries_are_sent_at_once(blog: Blog) -> None:
    """Each entry is sent the moment it is published."""
    async with blog.reader() as reader:
        entries = []
        for number, moment in enumerate(MOMENTS, start=1):
            await wait(moment)
            entries.append(await blog.publish(f"Update {number}"))

            reader.check_got(*entries, when=f"the moment entry {number} was published")


@pytest.mark.task(1)
async def test_entries_of_one_moment(blog: Blog) -> None:
    """Of three entries published at one moment each is sent, in order."""
    async with blog.reader() as reader:
        entries = [blog.hub.publish(text) for text in ("Bridge shut", "Road open", "Rain")]
        await wait(0)

        reader.check_got(*entries, when="when three entries were published at one moment")


@pytest.mark.task(1)
@pytest.mark.parametrize(
    "text",
    [
        "Tram 4\nTram 11",
        "Closed:\n\nid: 99\ndata: all of it",
        "Windstärke 11 – Böen",
        " indented",
        "trailing\n",
        "",
        "one\u2028line\x0cof four\x85parts",
        "<b>A&amp;E</b>",
    ],
)
async def test_the_text_arrives_as_it_is(blog: Blog, text: str) -> None:
    """A text of any number of lines arrives as one event, and with every character."""
    async with blog.reader() as reader:
        entry = await blog.publish(text)

        reader.check_got(entry, when=f"when {text!r} was published")


@pytest.mark.task(1)
async def test_everybody_gets_every_entry(blog: Blog) -> None:
    """Three readers who are there at the same time all get both entries."""
    async with blog.reader() as one, blog.reader() as two, blog.reader() as three:
        entries = [await blog.publish("Storm"), await blog.publish("Calm")]

        for number, reader in enumerate((one, two, three), start=1):
            reader.check_got(
                *entries, when=f"reader {number} of three, when two entries were published"
            )


@pytest.mark.task(1)
async def test_a_full_line_holds_nobody_up(blog: Blog) -> None:
    """A reader whose connection takes nothing more delays nobody else, and misses nothing."""
    async with blog.reader() as slow, blog.reader() as other:
        slow.line.fill()
        entries = [await blog.publish("Storm"), await blog.publish("Calm")]
        other.check_got(*entries, when="while another reader's connection takes nothing more")

        await wait(20.0371)
        slow.line.empty()
        await wait(0)
        slow.check_got(*entries, when="whose connection took nothing more for 20 s")


@pytest.mark.task(1)
async def test_nothing_is_dropped_on_a_full_line(blog: Blog) -> None:
    """A reader whose connection takes nothing misses none of more entries than the hub keeps."""
    async with blog.reader() as reader:
        reader.line.fill()
        entries = [await blog.publish("Update 1")]
        entries += [blog.hub.publish(f"Update {number}") for number in range(2, 151)]
        reader.line.empty()
        await wait(0)

        reader.check_got(
            *entries, when="when 150 entries were published while its connection took nothing"
        )


@pytest.mark.task(1)
async def test_published_while_the_head_is_being_sent(blog: Blog) -> None:
    """What is published when the view has answered arrives, though nothing was sent yet."""
    async with blog.reader(full=True) as reader:
        entries = [await blog.publish("Storm"), await blog.publish("Calm")]
        reader.line.empty()
        await wait(0)

        reader.check_got(
            *entries,
            when="with two entries published while the head of the response was sent",
        )


@pytest.mark.task(1)
async def test_published_while_a_middleware_has_the_response(
    blog: Blog, settings: "Settings"
) -> None:
    """What is published when the view has answered arrives, though a middleware takes a minute."""
    settings.MIDDLEWARE = [witness.DAWDLE, witness.KEEP]

    async with blog.reader() as reader:
        await wait(30.137)
        entries = [await blog.publish("Storm"), await blog.publish("Calm")]
        await wait(30)

        reader.check_got(
            *entries, when="with two entries published while a middleware had the view's response"
        )
