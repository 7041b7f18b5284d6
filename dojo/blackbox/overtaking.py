"""Let one request overtake another between two of its queries."""

from __future__ import annotations

import contextlib
from contextlib import AbstractAsyncContextManager

import httpx

from dojo.blackbox.site import Asked, Site
from dojo.blackbox.upstream import Call
from dojo.site.behind_walls import WAITS

# What begins and ends transactions is no query of the view's.
OF_TRANSACTIONS = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT")

Pages = tuple[httpx.Response, httpx.Response]


async def overtake(
    site: Site,
    slow: AbstractAsyncContextManager[Asked],
    quick: AbstractAsyncContextManager[Asked],
    *,
    before: int,
) -> Pages:
    """Ask for both and return their answers, *slow* first; it needs ``QUERIES = True``.

    *slow* is held before its query of this number, if it has so many. Then *quick* is asked for,
    and goes as far as it can: to its answer, or to a lock that *slow* has. Then *slow* goes on.
    """
    database = site.database
    database.hold()
    async with slow as first:
        await hold(site, first, before)
        database.hold(lambda call: False)
        known = len(database.calls)

        def waits() -> bool:
            return any(call.service == WAITS for call in database.calls[known:])

        async with quick as second:
            # A lock that is not the database's is no error: then it is *slow* that goes on.
            with contextlib.suppress(AssertionError):
                await site.patience.until(lambda: second.task.done() or waits(), str)
            database.release()
            return await first.task, await second.task


async def hold(site: Site, page: Asked, before: int) -> None:
    """Return when the query of this number is held, or *page* is answered without it."""
    number = 0
    while True:
        held = await next_query(site, page)
        if held is None:
            return
        number += str(held.first).split(" ")[0] not in OF_TRANSACTIONS
        if number == before:
            return
        await site.database.release_one(held)


async def next_query(site: Site, page: Asked) -> Call | None:
    """Return the query that *page* waits with; None if it is answered."""
    database = site.database
    await site.patience.until(
        lambda: page.task.done() or bool(database.in_flight),
        lambda: f"{page.what}: neither an answer nor a query.",
    )
    return database.in_flight[0] if database.in_flight else None
