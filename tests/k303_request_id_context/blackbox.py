"""What can be seen of k303 from outside: the judge plays news agency and archive."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx

from dojo.blackbox import (
    Asked,
    Call,
    Draw,
    Site,
    check,
    expect_json,
    expect_status,
    not_judged,
)

WIRE = "katas.k303_request_id_context.wire:wire.headlines"
ARCHIVE = "katas.k303_request_id_context.archive:archive.search"
SERVICES = (WIRE, ARCHIVE)
TICKER, SEARCH = "/k303/ticker/", "/k303/search/"
HEADER = "X-Request-ID"
LETTERS = "ABCXYZabcxyz0189-_"


def well_formed(draw: Draw, length: int) -> str:
    """Return an id."""
    return "".join(draw.choices(LETTERS, k=length))


def request_id(response: httpx.Response) -> str:
    """Return the id that the answer carries."""
    told: str = response.headers.get(HEADER, "")
    what = f"{response.request.method} {response.request.url.path}"
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", told), (
        f"{what} answered {response.status_code} with {HEADER}: {told!r}; "
        "expected 1 to 64 characters out of A-Z a-z 0-9 - _."
    )
    return told


@check(task=1)
async def every_answer_carries_an_id(site: Site, draw: Draw) -> None:
    """An id that is one is kept, on error pages too; in place of any other there is a new one."""

    def answer(call: Call) -> list[str]:
        if call.given[0] == "fire":
            raise RuntimeError("the archive is on fire")
        return []

    site.upstream.answer = answer
    missing = f"/k303/{draw.randrange(10**6)}/"
    paths = {f"{SEARCH}?q=rain": 200, missing: 404, f"{SEARCH}?q=fire": 500}

    for length in (1, 64, draw.randrange(2, 64)):
        given = well_formed(draw, length)
        for path, status in paths.items():
            response = await site.get(path, headers={HEADER: given})
            if (response.status_code, status) == (500, 404):
                not_judged(f"GET {path} answered 500: logging a 404 is of task 5.")
            expect_status(response, status)
            kept = request_id(response)
            assert kept == given, (
                f"GET {path} with {HEADER}: {given!r} answered with {kept!r}; expected the same."
            )

    seen: set[str] = set()
    stem = well_formed(draw, 20)
    bad = [f"{stem},{stem}", f"{stem} {stem}", f"{stem}\xe9", well_formed(draw, 65), "", None]
    for sent in draw.sample(bad * 2, 2 * len(bad)):
        headers = {} if sent is None else {HEADER: sent.encode("latin-1")}
        new = request_id(await site.get(draw.choice(list(paths)), headers=headers))
        assert new not in seen, f"{HEADER} {new!r} was given to two requests."
        for part, whole in ((stem, new), (new, sent or "")):
            assert part not in whole, (
                f"{HEADER}: {sent!r} was answered with {new!r}; expected nothing of the bad one."
            )
        seen.add(new)


@dataclass
class Reader:
    """One who reads the ticker.

    Attributes:
        call: With which the site waits for the next headline for them.
    """

    id: str
    chunks: AsyncIterator[str]
    call: Call


@check(task=6, involves=(1, 2, 3))
async def each_line_of_the_ticker_has_its_readers_id(site: Site, draw: Draw) -> None:
    """Two tickers send each headline as it comes in, with the id of their own request."""
    ids = [well_formed(draw, 20), well_formed(draw, 20)]
    readers: list[Reader] = []
    headline = ""
    site.upstream.answer = lambda call: headline
    site.upstream.hold()

    async with AsyncExitStack() as stack:
        for given in ids:
            ticker = site.streamed("GET", TICKER, headers={HEADER: given})
            response = await stack.enter_async_context(ticker)
            expect_status(response, 200)
            told = request_id(response)
            assert told == given, f"GET {TICKER} with {HEADER}: {given!r} answered with {told!r}."
            await asked(site, len(readers) + 1)
            readers.append(Reader(given, response.aiter_text(), site.upstream.calls[-1]))
        for reader in draw.sample(readers * 3, 6):
            headline = f"Headline {draw.randrange(10**6)}"
            calls = len(site.upstream.calls)
            await site.upstream.release_one(reader.call)
            sent = await line(site, reader.chunks)
            expected = f"{reader.id} {headline}\n"
            assert sent == expected, f"GET {TICKER} sent {sent!r}; expected {expected!r}."
            await asked(site, calls + 1)
            reader.call = site.upstream.calls[-1]


async def asked(site: Site, calls: int) -> None:
    """Wait until the news agency has been asked so many times."""

    def seen() -> str:
        return f"{TICKER}: the wire was asked {len(site.upstream.calls)} times; expected {calls}."

    await site.patience.until(lambda: len(site.upstream.calls) >= calls, seen)


async def line(site: Site, chunks: AsyncIterator[str]) -> str:
    """Return what is sent until a line ends, or the stream."""
    text = ""
    while not text.endswith("\n"):
        part = await site.patience.answer(anext(chunks, None), f"the next line of {TICKER}")
        if part is None:
            break
        text += part
    return text


@check(task=6, involves=(1, 2, 3))
async def searches_wait_side_by_side(site: Site, draw: Draw) -> None:
    """While the archive has not answered one reader, others are served, with ids of their own."""
    words = [f"word-{number}" for number in draw.sample(range(10**6), 4)]
    ids = {word: well_formed(draw, 20) for word in words}
    site.upstream.answer = lambda call: [f"All about {call.given[0]}"]
    site.upstream.hold()

    async with AsyncExitStack() as stack:
        pages: dict[str, Asked] = {}
        for word in words[1:]:
            search = site.asked("GET", f"{SEARCH}?q={word}", headers={HEADER: ids[word]})
            pages[word] = await stack.enter_async_context(search)
            await site.upstream.together(len(pages), pages[word])
        missing = await site.get(f"/k303/{words[0]}/", headers={HEADER: ids[words[0]]})
        if missing.status_code != 404 or HEADER not in missing.headers:
            not_judged(
                f"GET /k303/{words[0]}/ answered {missing.status_code} with {HEADER} "
                f"{missing.headers.get(HEADER)}: error pages are of tasks 1 and 5."
            )
        site.upstream.release()
        answers = {word: await page.task for word, page in pages.items()}

    for word, response in answers.items():
        expect_json(response, {"found": [f"All about {word}"]})
    for word, response in (answers | {words[0]: missing}).items():
        told = request_id(response)
        assert told == ids[word], (
            f"GET {response.request.url.path}, with other requests at the same time: "
            f"{HEADER} {told!r}; expected {ids[word]!r}."
        )
