"""What may happen to drain() itself, what it leaves behind, and who calls it."""

import asyncio
import threading

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper

from dojo.instruments.connections import Connections
from dojo.instruments.rendezvous import settle
from katas.k506_background_work import views
from tests.k506_background_work.querying import Querying
from tests.k506_background_work.work import Work, drain, outcome, soon


@pytest.mark.task(4)
async def test_the_server_waits_for_the_jobs(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """The application of `asgi.py` reports its shutdown when the jobs have ended."""
    from katas.k506_background_work.asgi import application

    inbox: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    sent: list[str] = []

    async def send(message: dict[str, str]) -> None:
        sent.append(message["type"])

    async with work.jobs() as jobs:
        monkeypatch.setattr(views, "jobs", jobs)
        server = asyncio.create_task(application({"type": "lifespan"}, inbox.get, send))
        inbox.put_nowait({"type": "lifespan.startup"})
        await settle()
        views.jobs.start(work.job, "a")
        await settle()
        inbox.put_nowait({"type": "lifespan.shutdown"})
        await settle()
        early = list(sent)
        work.let("a")
        await soon(server)

        assert "lifespan.shutdown.complete" not in early, (
            "lifespan.shutdown, while a job runs: the application reported its shutdown before the "
            "job had ended; expected it to wait."
        )
        assert sent[-1] == "lifespan.shutdown.complete", (
            f"lifespan.shutdown, when the job had ended: sent were {sent}; the application "
            f"{outcome(server)}."
        )


@pytest.mark.task(4)
async def test_a_cancelled_drain_cancels_no_job(work: Work) -> None:
    """When drain() is cancelled, the jobs go on, and the next drain() waits for them."""
    async with work.jobs() as jobs:
        jobs.start(work.job, "a")
        await settle()
        draining = drain(jobs)
        await settle()
        draining.cancel()
        await settle()
        again = drain(jobs)
        await settle()
        early = outcome(again)
        work.let("a")
        await settle()

        assert work.ended == ["a"], (
            "drain(), while a runs, was cancelled; then a was let go: ended are "
            f"{work.ended}; expected ['a']: what waits for a job does not cancel it."
        )
        assert early == "has not returned", (
            f"drain(), while a runs, was cancelled, and called once more: it {early}, and a was "
            "still under way; expected it to wait for a."
        )
        await soon(again)
        assert outcome(again) == "returned", (
            f"drain(), called once more, when a had ended: it {outcome(again)}; expected it to "
            "return."
        )


@pytest.mark.task(4)
@pytest.mark.django_db(transaction=True)
@pytest.mark.database("file")
async def test_drain_waits_for_the_closing(
    work: Work, connections_opened: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the connection of the last job is being closed, drain() does not return."""
    querying, go_on = Querying(work, connections_opened), threading.Event()
    close, the_loops = BaseDatabaseWrapper.close, threading.get_ident()

    def slow_close(connection: BaseDatabaseWrapper) -> None:
        if threading.get_ident() != the_loops and connection.connection is not None:
            go_on.wait()
        close(connection)

    monkeypatch.setattr(BaseDatabaseWrapper, "close", slow_close)
    work.let("a")
    async with work.jobs() as jobs:
        try:
            jobs.start(querying.job, "a")
            await settle()
            draining = drain(jobs)
            await settle()
            early = outcome(draining)
        finally:
            go_on.set()
        await soon(draining)

        assert early == "has not returned", (
            f"drain(), when a job had ended and its connection was not closed yet: it {early}; "
            "expected it to wait for the closing."
        )
