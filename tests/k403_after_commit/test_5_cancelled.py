"""Cancelled: the request ends, and what is committed stays as it is."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import iscoroutinefunction, sync_to_async
from django.db import connection
from django.test import AsyncRequestFactory
from django.urls import resolve

from dojo.instruments import learner
from dojo.instruments.rendezvous import settle
from tests.k403_after_commit.agencies import ALL, REFERENCE, SEND_S, LookingAgencies, check, stored
from tests.k403_after_commit.desk import URL, form, let_go
from tests.k403_after_commit.moments import held

pytestmark = [
    pytest.mark.urls("katas.k403_after_commit.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
]

Start = Callable[[], asyncio.Future[Any]]


@pytest.fixture
def start(newsroom: dict[str, int]) -> Start:
    """Return a function that starts the view on a correction, in a task that can be cancelled."""

    def begin() -> asyncio.Future[Any]:
        view = resolve(URL).func
        view = view if iscoroutinefunction(view) else sync_to_async(view)
        return asyncio.ensure_future(view(AsyncRequestFactory().post(URL, form(newsroom))))

    return begin


async def cancelled_while_announcing(start: Start, agencies: LookingAgencies) -> str:
    """Cancel the view while it waits for the announcement; return how it ended."""
    task = start()
    sending = asyncio.create_task(agencies.sending.wait())
    await asyncio.wait({task, sending}, return_when=asyncio.FIRST_COMPLETED)
    sending.cancel()
    await settle()  # what goes on beside the announcement has come as far as it can
    if elsewhere := agencies.told_elsewhere:
        await asyncio.wait({task})
        pytest.fail(
            f"the view at {URL}: announced elsewhere, on another event loop than the server's: "
            f"{elsewhere}; expected the view to wait on the server's, where it can be cancelled."
        )
    assert not task.done(), (
        f"the view at {URL} ended, {how_it_ended(task)}; announced by then: {agencies.told}; "
        f"expected it to wait for the announcement, which takes {SEND_S} s."
    )
    task.cancel()
    await asyncio.wait({task})
    # Who hands the announcement over, or shields it, may well let it end.
    await asyncio.sleep(SEND_S)
    return how_it_ended(task)


def how_it_ended(task: asyncio.Future[Any]) -> str:
    """Say what became of a view."""
    if task.cancelled():
        return "cancelled"
    if error := task.exception():
        return f"it raised {learner.told(error)}"
    return f"it answered {task.result().status_code}"


@pytest.mark.task(3)
async def test_a_cancelled_request_ends(start: Start, agencies: LookingAgencies) -> None:
    """A request that is cancelled while it announces ends as cancelled."""
    ended = await cancelled_while_announcing(start, agencies)

    assert ended == "cancelled", (
        f"the view at {URL}, cancelled while it announced, ended: {ended}; expected CancelledError "
        "to come out of it: to be cancelled is no failure of the agencies."
    )


@pytest.mark.task(3)
async def test_a_cancelled_request_undoes_nothing(start: Start, agencies: LookingAgencies) -> None:
    """If the request is cancelled while it announces, the correction stays where it is."""
    await cancelled_while_announcing(start, agencies)

    left = await sync_to_async(stored)()
    check(f"the view at {URL}, cancelled while it announced; stored", left, ALL)


@pytest.mark.task(3)
async def test_a_cancelled_request_repeats_nothing(start: Start, agencies: LookingAgencies) -> None:
    """If the request is cancelled while it announces, that is not tried again."""
    await cancelled_while_announcing(start, agencies)

    assert agencies.told == [REFERENCE], (
        f"the view at {URL}, cancelled while it announced; announced: {agencies.told}; expected "
        f"['{REFERENCE}']: half of them may have got it."
    )


@pytest.mark.task(4)
async def test_no_transaction_is_left_open(
    start: Start, agencies: LookingAgencies, caplog: pytest.LogCaptureFixture
) -> None:
    """If the request is cancelled while it files, no transaction stays open in its thread."""
    with held() as (reached, go_on):
        task = start()
        writing = asyncio.create_task(reached.wait())
        await asyncio.wait({task, writing}, return_when=asyncio.FIRST_COMPLETED)
        writing.cancel()
        assert not task.done(), (
            f"the view at {URL} ended, {how_it_ended(task)}, and no article was changed; expected "
            "file_correction to be called."
        )
        task.cancel()
        go_on.set()
        await asyncio.wait({task})

    # What has been shielded goes on, and announces what it has filed.
    still_open = await sync_to_async(end_transaction)()
    await asyncio.sleep(2 * SEND_S)
    let_go(caplog.records)
    assert not still_open, (
        f"the view at {URL}, cancelled while it changed the article: its thread's connection is "
        "still in a transaction; expected it to be over, by a commit or a rollback."
    )


def end_transaction() -> bool:
    """Say whether this thread's connection is in a transaction, and close it then."""
    is_open = connection.connection is not None and not connection.get_autocommit()
    if is_open:
        connection.close()
    return is_open
