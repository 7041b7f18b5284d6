"""What can be seen of k602 from outside: events over real connections, while they are open."""

import re
from collections.abc import AsyncIterator

import httpx

from dojo.blackbox import Draw, Site, check

PATH, PUBLISH = "/k602/live/", "/k602/publish/"
WORDS = ("Bridge", "shut", "to", "lorries", "", "  and", "vans", "data: storm", "id: 7", ":wind")


def text(draw: Draw) -> str:
    """Draw an entry of some lines, of which any may be empty."""
    lines = [" ".join(draw.choices(WORDS, k=3)) for _ in range(draw.randrange(2, 5))]
    return "\n".join(["", *lines, f"{draw.randrange(10**9)}", ""])


async def events(response: httpx.Response) -> AsyncIterator[tuple[str, str, str]]:
    """Yield name, id and data of each event, as a browser reads it."""
    name, number, data, rest = "", "", [], b""
    async for piece in response.aiter_raw():
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            field, _, value = line.decode("utf-8", "replace").removesuffix("\r").partition(":")
            value = value.removeprefix(" ")
            if field == "data":
                data.append(value)
            elif field == "id":
                number = value
            elif field == "event":
                name = value
            elif not field and not value and data:
                yield name, number, "\n".join(data)
                name, data = "", []


async def comes(
    site: Site, stream: AsyncIterator[tuple[str, str, str]], number: int, written: str
) -> None:
    """Take the next event, which has to be the entry *number*."""
    seen = await site.patience.answer(anext(stream, None), f"GET {PATH}: entry {number}")
    expected = ("", str(number), written)
    assert seen == expected, (
        f"GET {PATH} sent name, id and data {seen!r}; expected {expected!r}, which was published."
    )


async def publish(site: Site, written: str) -> None:
    """Publish an entry."""
    response = await site.post(PUBLISH, data={"text": written})
    assert response.status_code == 204, (
        f"POST {PUBLISH} answered {response.status_code}; expected 204."
    )


@check(task=1)
async def each_entry_comes_as_it_was_published(site: Site, draw: Draw) -> None:
    """Every reader is sent an entry while the response goes on, with all its lines."""
    texts = [text(draw) for _ in range(3)]
    async with site.streamed("GET", PATH) as first, site.streamed("GET", PATH) as second:
        readers = [events(first), events(second)]
        for number, written in enumerate(texts, 1):
            await publish(site, written)
            for reader in readers:
                await comes(site, reader, number, written)


@check(task=2, involves=(1,))
async def the_headers_say_what_it_is(site: Site, draw: Draw) -> None:
    """The head of the response is there before anything is published, and no proxy gathers it."""
    async with site.streamed("GET", PATH) as response:
        said = re.split(r"\s*,\s*", response.headers.get("Cache-Control", ""))
        seen = {
            "status": str(response.status_code),
            "Content-Type": response.headers.get("Content-Type", "").partition(";")[0],
            "Cache-Control": "no-cache" if "no-cache" in said else ", ".join(said),
            "X-Accel-Buffering": response.headers.get("X-Accel-Buffering"),
        }
    expected = {
        "status": "200",
        "Content-Type": "text/event-stream",
        "Cache-Control": "no-cache",
        "X-Accel-Buffering": "no",
    }
    assert seen == expected, f"GET {PATH} answered {seen!r}; expected {expected!r}."


@check(task=4, involves=(1,))
async def who_comes_back_is_sent_what_was_missed(site: Site, draw: Draw) -> None:
    """After a connection that broke off, the entries since the last one come, and no other."""
    texts = [f"storm {draw.randrange(10**9)}" for _ in range(draw.randrange(5, 9))]
    last = draw.randrange(1, len(texts) - 2)
    for written in texts[:last]:
        await publish(site, written)
    async with site.streamed("GET", PATH) as response:
        await publish(site, texts[last])
        await comes(site, events(response), last + 1, texts[last])
    for written in texts[last + 1 : -1]:
        await publish(site, written)

    back = {"Last-Event-ID": str(last + 1)}
    unknown = {"Last-Event-ID": str(len(texts) + draw.randrange(10, 99))}
    async with (
        site.streamed("GET", PATH, headers=back) as missed,
        site.streamed("GET", PATH, headers=unknown) as new,
    ):
        reader = events(missed)
        for number, written in enumerate(texts[last + 1 : -1], last + 2):
            await comes(site, reader, number, written)
        await publish(site, texts[-1])
        await comes(site, reader, len(texts), texts[-1])
        await comes(site, events(new), len(texts), texts[-1])
