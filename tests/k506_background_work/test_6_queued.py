"""The letters page that hands its checks to a queue: once, off the loop, and only what travels."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, OperationalError
from django.urls import path

from dojo.instruments.rendezvous import settle
from katas.k506_background_work import queued
from tests.k506_background_work.conftest import Log
from tests.k506_background_work.filing import filing_raises
from tests.k506_background_work.queues import HAS_TASKS, KINDS, Calls, StandIn, Task, do_the_work
from tests.k506_background_work.site import UNUSED_KEY, VERDICT, Site, verdicts
from tests.k506_background_work.work import soon

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("file")]


class QueuedSite:
    """The page, the task that it is given, and what has been enqueued."""

    def __init__(self, site: Site, kind: str, settings: "Settings") -> None:
        self.kind = kind
        self.calls = Calls()
        self.task: Task = StandIn(self.calls)
        if HAS_TASKS:
            from katas.k506_background_work import tasks
            from tests.k506_background_work import backends

            backends.calls = self.calls
            backend = f"{backends.__name__}.{kind.title()}"
            settings.TASKS = {"default": {"BACKEND": backend}}
            self.task = tasks.check
        page = path("queued/letters/", queued.letters, {"check": self.task})
        settings.ROOT_URLCONF = type("Urls", (), {"urlpatterns": [page]})
        self.site = replace(site, url="/queued/letters/")
        # It is no matter here how long the check takes.
        site.checker.let()
        self.checker = site.checker
        self.post, self.ask = self.site.post, self.site.ask

    async def work(self) -> None:
        """Have a worker do what is enqueued, unless that has been done."""
        if self.kind != "immediate":
            await do_the_work(self.task, self.calls)


@pytest.fixture(params=KINDS)
async def queue(request: pytest.FixtureRequest, site: Site, settings: "Settings") -> QueuedSite:
    """Give the page, with each kind of queue that this Django has."""
    return QueuedSite(site, request.param, settings)


@pytest.mark.task(6)
async def test_is_enqueued_once(queue: QueuedSite) -> None:
    """The answer is a 202, and the letter has been enqueued once, with the id of the request."""
    answer = await queue.post()
    (key,) = await verdicts() or [None]

    assert answer.status == 202, f"{answer}; expected 202."
    assert answer.content.get("letter") == key, (
        f"{answer} with {answer.content}; expected {key} as 'letter'."
    )
    given, expected = [call.given for call in queue.calls.made], [(key, answer.request_id)]
    assert given == expected, (
        f"{answer} to request {answer.request_id}; enqueued: {given}; expected {expected}."
    )


@pytest.mark.task(6)
async def test_is_enqueued_off_the_loop(queue: QueuedSite) -> None:
    """Enqueueing, which a queue in the database does with a query, is not done on the loop."""
    answer = await queue.post()

    assert queue.calls.made, f"{answer}; the task has not been enqueued; expected that, once."
    on_the_loop = [call for call in queue.calls.made if call.on_the_loop]
    assert not on_the_loop, (
        f"{answer}; the task was enqueued on the event loop's thread"
        + (f", and the result says {on_the_loop[0].came_to}" if on_the_loop[0].came_to else "")
        + "; expected it to be enqueued off the loop."
    )


@pytest.mark.task(6)
async def test_the_answer_waits_for_the_queue(queue: QueuedSite) -> None:
    """There is no answer before the queue has taken the task."""
    queue.calls.go_on.clear()
    fields = {"article": str(queue.site.article), "text": "Four lanes."}
    asking = asyncio.create_task(queue.site.client.post(queue.site.url, data=fields))
    try:
        await soon(asking)
        waiting = [call for call in queue.calls.made if not call.on_the_loop]
        early = asking.done() and bool(waiting)
    finally:
        queue.calls.go_on.set()
    response = await asking
    await settle()

    assert queue.calls.made, (
        f"POST {queue.site.url} answered {response.status_code}; the task has not been enqueued; "
        "expected that, once."
    )
    assert not early, (
        f"POST {queue.site.url} answered {response.status_code} before the queue had taken the "
        "task; expected it to wait for that."
    )


@pytest.mark.task(6)
@pytest.mark.parametrize(
    "error",
    [ConnectionError("no line to the queue"), IntegrityError("the queue has no such worker")],
    ids=["no line", "no row"],
)
async def test_a_queue_that_fails_is_an_error(queue: QueuedSite, error: Exception) -> None:
    """If the queue does not take the task of a letter that is filed, its error comes out."""
    queue.calls.fails = error
    answer = await queue.post()

    assert queue.calls.made, f"{answer}; the task has not been enqueued; expected that, once."
    assert (answer.status, bool(answer.raised)) == (500, True), (
        f"{answer}, when the queue raised {type(error).__name__}; expected the view to raise it "
        "(Django makes a 500 of it): nobody is going to check the letter."
    )


@pytest.mark.task(6)
async def test_a_letter_that_is_not_filed_is_an_error(queue: QueuedSite) -> None:
    """If filing raises another error than IntegrityError, it comes out; nothing is enqueued."""
    with filing_raises(OperationalError("the disk is full")):
        answer = await queue.post()

    assert (answer.status, bool(answer.raised)) == (500, True), (
        f"{answer}, when filing raised OperationalError('the disk is full'); expected the view to "
        "raise it (Django makes a 500 of it)."
    )
    given = [call.given for call in queue.calls.made]
    assert not given, (
        f"{answer}, when filing raised OperationalError('the disk is full'); enqueued: {given}; "
        "expected nothing."
    )


@pytest.mark.task(6)
async def test_a_worker_can_check_the_letter(queue: QueuedSite, log: Log) -> None:
    """Who has nothing but the arguments checks the letter, under the id of the request."""
    answer = await queue.post()
    await queue.work()

    stored = list((await verdicts()).values())
    assert stored == [VERDICT], (
        f"{answer}, and the queue's work is done; verdicts: {stored}; expected ['{VERDICT}']. "
        f"Enqueued: {queue.calls.made}. Logged:{log}"
    )
    ids = [one for _, one in queue.checker.texts]
    assert ids == [answer.request_id], (
        f"{answer} to request {answer.request_id}; request_id when the letter was read: {ids}."
    )


@pytest.mark.task(6)
async def test_nothing_is_enqueued_before_the_commit(queue: QueuedSite) -> None:
    """A letter whose commit is refused gets a 409, and nothing is enqueued."""
    answer = await queue.post(article=UNUSED_KEY)

    assert answer.status == 409, f"{answer}, about an unknown article; expected 409."
    given = [call.given for call in queue.calls.made]
    assert not given, (
        f"{answer}, about an unknown article, which shows at the commit; enqueued: {given}; "
        "expected nothing."
    )


@pytest.mark.task(6)
async def test_the_queued_page_refuses_other_methods(queue: QueuedSite) -> None:
    """GET gets a 405."""
    answer = await queue.ask("GET")
    assert answer.status == 405, f"{answer}; expected 405."
