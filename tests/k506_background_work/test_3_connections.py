"""Each job has a thread and a connection of its own, and leaves neither behind."""

import asyncio
import threading

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from dojo.instruments.connections import Connections
from dojo.instruments.rendezvous import settle
from katas.k506_background_work.models import Letter
from tests.k506_background_work.conftest import Log
from tests.k506_background_work.querying import Querying
from tests.k506_background_work.work import Work, drained, request

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("file")]


@pytest.mark.task(3)
@pytest.mark.parametrize("how", ["ended", "failed"])
async def test_is_closed_when_the_job_has_ended(
    work: Work, connections_opened: Connections, log: Log, how: str
) -> None:
    """A job's connection is closed when it has ended, or failed, while another one still runs."""
    querying = Querying(work, connections_opened)
    if how == "failed":
        work.fails["a"] = ConnectionError("no line to the checker")
    async with work.jobs() as jobs:
        async with request("r-17"):
            jobs.start(querying.job, "a")
            jobs.start(querying.job, "b")
        await settle()
        assert sorted(work.begun) == ["a", "b"], (
            f"start() of two jobs that query: begun are {work.begun}. Logged:{log}"
        )
        work.let("a")
        await settle()
        open_after_a = querying.open("a")
        work.let("b")
        await settle()
        await drained(jobs)

        assert not open_after_a, (
            f"a job made a query, and has {how}, while another one still runs: its connection is "
            "still open; expected it to be closed."
        )
        assert not connections_opened.open, connections_opened.open.explain(
            f"two jobs made queries; one has {how}, one has ended; after drain()",
            expected="no open connection",
            task=3,
        )


@pytest.mark.task(3)
async def test_a_slow_query_holds_up_no_other_job(work: Work) -> None:
    """While a query of one job takes long, another job gets the answer to its own."""
    go_on, counted = threading.Event(), []

    def slow() -> None:
        go_on.wait()

    async def long_job() -> None:
        await sync_to_async(slow)()

    async def short_job() -> None:
        counted.append(await Letter.objects.acount())

    async with work.jobs() as jobs:
        try:
            async with request("r-17"):
                jobs.start(long_job)
                await settle()
                jobs.start(short_job)
                await settle()
                seen = list(counted)
                go_on.set()
        finally:
            go_on.set()
        await settle()
        await drained(jobs)

        assert seen == [0], (
            "start() of two jobs, of which one keeps its thread for long: the query of the other "
            "one has not come back meanwhile; expected that each has a thread of its own."
        )


@pytest.mark.task(3)
async def test_a_slow_query_holds_up_no_request(work: Work) -> None:
    """While a query of a job takes long, the request that has started it can make its own."""
    go_on = threading.Event()

    def slow() -> None:
        go_on.wait()

    async def long_job() -> None:
        await sync_to_async(slow)()

    async with work.jobs() as jobs:
        try:
            async with request("r-17"):
                jobs.start(long_job)
                await settle()
                query = asyncio.ensure_future(Letter.objects.acount())
                await settle()
                seen = query.done()
                go_on.set()
                await query
                await sync_to_async(connections.close_all)()  # as Django does
        finally:
            go_on.set()
        await settle()
        await drained(jobs)

        assert seen, (
            "a request starts a job that keeps its thread for long, and makes a query: that has "
            "not come back meanwhile; expected the job to have a thread of its own."
        )


@pytest.mark.task(3)
async def test_leaves_the_requests_connection_alone(
    work: Work, connections_opened: Connections
) -> None:
    """A job neither uses nor closes the connection of the request that has started it."""
    querying = Querying(work, connections_opened)
    work.let("a")
    async with work.jobs() as jobs:
        async with request("r-17"):
            await querying.query("request")
            jobs.start(querying.job, "a")
            await settle()
            shared = querying.raw.get("a") is querying.raw["request"]
            still_open = querying.open("request")
            await sync_to_async(connections.close_all)()  # as Django does
        await settle()
        await drained(jobs)

        assert not shared, (
            "a request made a query and started a job, which made one, too: on the connection of "
            "the request; expected one of its own."
        )
        assert still_open, (
            "a request made a query and started a job, which has ended: the connection of the "
            "request is closed; expected it to be left alone."
        )
