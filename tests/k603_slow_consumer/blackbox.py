"""What can be seen of k603 from outside: readers who read, who do not, and who go away."""

import contextlib
import re
from collections.abc import AsyncIterator

import httpx

from dojo.blackbox import Draw, Site, check, said

PATH, PUBLISH = "/k603/commentary/", "/k603/publish/"
WORDS = ("Kick-off", "Corner", "Goal", "Half-time", "Offside", "Whistle")
# As commentary.py has it.
CAPACITY = 20
# Longer than all buffers between site and judge, if there are as many as below.
LONG, MANY = 100_000, 48


async def lines(response: httpx.Response) -> AsyncIterator[str]:
    """Yield the lines of a stream, without their ends."""
    rest = b""
    async for piece in response.aiter_raw():
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            yield line.decode("utf-8", "replace")


async def next_line(site: Site, stream: AsyncIterator[str]) -> str | None:
    """Return the next line of a stream; None if it has ended."""
    return await site.patience.answer(anext(stream, None), f"GET {PATH}: the next line")


async def publish(site: Site, text: str) -> tuple[int, int]:
    """Publish a line; return its number, and how many readers there are."""
    response = await site.post(PUBLISH, data={"text": text})
    assert response.status_code == 200, (
        f"POST {PUBLISH} answered {response.status_code}; expected 200."
    )
    number, readers = said(response, "number"), said(response, "readers")
    assert isinstance(number, int) and isinstance(readers, int), (  # noqa: PT018
        f"POST {PUBLISH} answered {response.text!r}; expected two whole numbers."
    )
    return number, readers


async def publish_until(site: Site, readers: int) -> int:
    """Publish lines until the site says that it has *readers*; return the number of the last."""
    seen = -1

    async def published() -> int:
        nonlocal seen
        while True:
            number, seen = await publish(site, "warming up")
            if seen == readers:
                return number

    try:
        return await site.patience.answer(published(), PUBLISH)
    except AssertionError:
        if seen < 0:
            raise
        raise AssertionError(
            f"POST {PUBLISH} still answered {seen} readers; expected {readers}, who are there."
        ) from None


def cut(line: str | None) -> str:
    """Return a line as messages show it."""
    return repr(line if line is None else line[:40])


async def gets(site: Site, stream: AsyncIterator[str], expected: str) -> None:
    """Take the next line of a stream, but for those from before *expected* was published."""
    while (seen := await next_line(site, stream)) is not None and seen.endswith("warming up"):
        pass
    assert seen == expected, f"GET {PATH} sent {cut(seen)}; expected {cut(expected)}."


@check(task=4, involves=(1, 2, 3, 5))
async def who_does_not_read_loses_the_oldest_and_is_told(site: Site, draw: Draw) -> None:
    """One reader who takes nothing keeps nobody waiting, and gets the newest lines and a notice."""
    texts = [f"{draw.choice(WORDS)} {draw.randrange(10**6)} ".ljust(LONG, "x") for _ in range(MANY)]
    async with site.streamed("GET", PATH) as slow, site.streamed("GET", PATH) as fast:
        last = await publish_until(site, readers=2)
        reader = lines(fast)
        for text in texts:
            number, _ = await publish(site, text)
            await gets(site, reader, f"{number} {text}")

        expected = dict(enumerate(texts, last + 1))
        end, stuck = last + MANY, lines(slow)
        following = missed = notices = left = 0
        while following <= end:
            seen = await next_line(site, stuck)
            if seen is not None and seen.endswith("warming up"):
                continue
            following = following or last + 1
            if notice := re.fullmatch(r"\((\d{1,9}) missed\)", seen or ""):
                notices += 1
                missed += int(notice[1])
                following += int(notice[1])
                left = end - following + 1
                continue
            wanted = f"{following} {expected[following]}" if following in expected else None
            assert seen == wanted, (
                f"GET {PATH}, by a reader who did not read while {MANY} lines were published, sent "
                f"{cut(seen)} after {missed} that it calls missed; expected {cut(wanted)}."
            )
            following += 1
    assert missed, (
        f"GET {PATH}, by a reader who did not read while {MANY} lines of {LONG} bytes were "
        f"published, sent all of them; expected that {CAPACITY} wait, and the others are missed."
    )
    # How many are kept is of task 3; that there are no more, of this one.
    assert notices == 1 and left <= CAPACITY, (  # noqa: PT018
        f"GET {PATH}, by a reader who did not read: {notices} notices, and {left} lines after the "
        f"last one; expected one notice and at most the newest {CAPACITY} lines."
    )


@check(task=5, involves=(1, 4))
async def who_has_gone_is_forgotten(site: Site, draw: Draw) -> None:
    """The site counts the readers who are there, and those who stay get each line as it comes."""
    stay, leave = draw.randrange(2, 4), draw.randrange(2, 5)
    async with contextlib.AsyncExitStack() as staying:
        streams = [
            lines(await staying.enter_async_context(site.streamed("GET", PATH)))
            for _ in range(stay)
        ]
        async with contextlib.AsyncExitStack() as leaving:
            for _ in range(leave):
                await leaving.enter_async_context(site.streamed("GET", PATH))
            await publish_until(site, readers=stay + leave)
        await publish_until(site, readers=stay)
        for _ in range(3):
            text = f"{draw.choice(WORDS)} {draw.randrange(10**9)}"
            number, _ = await publish(site, text)
            for stream in streams:
                await gets(site, stream, f"{number} {text}")
    await publish_until(site, readers=0)
