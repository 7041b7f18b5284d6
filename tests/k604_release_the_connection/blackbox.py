"""What can be seen of k604 from outside: a database that only one connection at a time may use."""

import contextlib
from typing import Any

import httpx

from dojo.blackbox import Asked, Draw, Site, check, expect_json

LIFTED = "katas.k604_release_the_connection.embargo:embargo.lifted"
SERVICES = (LIFTED,)
# From its first query to its end, a connection keeps all others out: they wait for it, and fail.
ALONE = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL"
SETTINGS = {"DATABASES": {"default": {"OPTIONS": {"init_command": ALONE}}}}


def agency(draw: Draw) -> list[dict[str, Any]]:
    """Draw partners and stories."""
    partners = [
        {
            "model": "k604_release_the_connection.partner",
            "pk": pk,
            "fields": {"name": f"Paper {pk}", "token": f"t{draw.randrange(10**12)}"},
        }
        for pk in range(1, 5)
    ]
    stories = [
        {
            "model": "newsroom.article",
            "pk": pk,
            "fields": {
                "slug": f"story-{draw.randrange(10**6)}-{pk}",
                "title": f"Title {draw.randrange(10**6)}",
                "body": f"Body {draw.randrange(10**6)}",
                "status": "draft",
                "author": None,
                "tags": [],
                "created_at": "2026-11-20T05:00:00Z",
            },
        }
        for pk in range(1, 5)
    ]
    return partners + stories


def answered(response: httpx.Response, story: dict[str, Any]) -> None:
    """Compare an answer with the story that it has to tell."""
    expect_json(response, {name: story[name] for name in ("slug", "title", "body")})


@check(task=1, rows=agency)
async def partners_who_wait_hold_no_connection(site: Site, draw: Draw) -> None:
    """Where the database takes one connection at a time, any number of partners can wait."""
    rows = [row["fields"] for row in agency(draw)]
    partners, stories = rows[:4], rows[4:]
    site.upstream.hold()

    def page(number: int) -> contextlib.AbstractAsyncContextManager[Asked]:
        path = f"/k604/stories/{stories[number]['slug']}/"
        return site.asked("GET", path, headers={"X-Token": partners[number]["token"]})

    async with contextlib.AsyncExitStack() as stack:
        pages = []
        for number in range(len(partners)):
            pages.append(await stack.enter_async_context(page(number)))
            await waiting(site, pages[-1], number + 1)
        for one, call, story in zip(pages, site.upstream.calls, stories, strict=True):
            call.released.set()
            answered(await one.task, story)


async def waiting(site: Site, page: Asked, count: int) -> None:
    """Wait until *count* partners wait for their embargo, the last of them with *page*."""
    await site.patience.until(
        lambda: len(site.upstream.in_flight) == count,
        lambda: (
            f"{page.what}: it does not wait for its embargo, while {count - 1} others do and the "
            f"database takes one connection at a time; {said(page)}."
        ),
        unless=page.task.done,
    )


def said(page: Asked) -> str:
    """Return what became of a request so far."""
    if not page.task.done():
        return "it has no answer yet"
    error = page.task.exception()
    return str(error) if error else f"it answered {page.task.result().status_code}"
