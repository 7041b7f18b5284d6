"""The agencies can't be reached: the correction stays, and the answer and the log say so."""

import asyncio
import logging
from typing import Any

import pytest
from asgiref.sync import iscoroutinefunction, sync_to_async
from django.db import IntegrityError
from django.test import AsyncRequestFactory
from django.urls import resolve

from dojo.instruments import learner
from tests.k403_after_commit.agencies import ALL, REFERENCE, SEND_S, LookingAgencies, check, stored
from tests.k403_after_commit.desk import URL, Post, form

pytestmark = [
    pytest.mark.urls("katas.k403_after_commit.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
]


@pytest.fixture
def down(request: pytest.FixtureRequest, agencies: LookingAgencies) -> Exception:
    """Let every announcement fail, after 0.2 s."""
    kind: type[Exception] = getattr(request, "param", ConnectionError)
    error = kind("the wire is down")
    agencies.fails_with = error
    return error


@pytest.mark.task(3)
async def test_the_correction_stays(post: Post, down: Exception) -> None:
    """If the announcement fails, the correction stays where it is."""
    answer = await post()

    left = await sync_to_async(stored)()
    check(f"with agencies that raise {down!r}, {answer}; stored", left, ALL)


# The second as from a wire with a table of its own: it says nothing about the correction.
@pytest.mark.task(3)
@pytest.mark.parametrize("down", [ConnectionError, IntegrityError], indirect=True)
async def test_the_answer_is_no_error(post: Post, down: Exception) -> None:
    """If the announcement fails, the answer is a 201 with `announced` false."""
    answer = await post()

    assert answer.status == 201, f"with agencies that raise {down!r}, {answer}; expected 201."
    said = answer.content.get("announced", "<missing>")
    assert said is False, (
        f"with agencies that raise {down!r}, {answer}: announced {said!r}; expected False."
    )


@pytest.mark.task(3)
async def test_the_failure_is_logged(
    post: Post, down: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """The announcement's error is logged at level ERROR, with its traceback."""
    answer = await post()

    logged = [
        logging.Formatter().format(record)
        for record in caplog.records
        if record.levelno >= logging.ERROR
    ]
    assert any("Traceback" in text and str(down) in text for text in logged), (
        f"with agencies that raise {down!r}, {answer}; logged at level ERROR: {logged}; "
        "expected a record with the traceback of that error."
    )


@pytest.mark.task(3)
async def test_is_announced_only_once(
    post: Post, down: Exception, agencies: LookingAgencies
) -> None:
    """If the announcement fails, it is not tried again."""
    answer = await post()

    assert agencies.told == [REFERENCE], (
        f"with agencies that raise {down!r}, {answer}; announced: {agencies.told}; expected "
        f"['{REFERENCE}']: half of them may have got it the first time."
    )


@pytest.mark.task(3)
async def test_a_cancelled_request_ends(
    newsroom: dict[str, int], agencies: LookingAgencies
) -> None:
    """A request that is cancelled while it announces ends as cancelled."""
    view = resolve(URL).func
    view = view if iscoroutinefunction(view) else sync_to_async(view)
    request = AsyncRequestFactory().post(URL, form(newsroom))

    task = asyncio.ensure_future(view(request))
    told = asyncio.create_task(agencies.sending.wait())
    await asyncio.wait({task, told}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    assert not task.done(), (
        f"the view at {URL} ended, {how_it_ended(task)}; announced on its loop by then: "
        f"{agencies.told if agencies.sending.is_set() else []}; expected it to wait for the "
        f"announcement, which takes {SEND_S} s."
    )
    task.cancel()
    await asyncio.wait({task})
    # Who hands the announcement over, or shields it, may well let it end.
    await asyncio.sleep(SEND_S)

    ended = how_it_ended(task)
    assert ended == "cancelled", (
        f"the view at {URL}, cancelled while it announced, ended: {ended}; expected CancelledError "
        "to come out of it: to be cancelled is no failure of the agencies."
    )


def how_it_ended(task: asyncio.Future[Any]) -> str:
    """Say what became of a view."""
    if task.cancelled():
        return "cancelled"
    if error := task.exception():
        return f"it raised {learner.told(error)}"
    return f"it answered {task.result().status_code}"
