"""Each job has a thread and a connection of its own, and leaves neither behind."""

import asyncio
import threading

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from dojo.instruments.connections import Connections
from dojo.instruments.rendezvous import settle
from tests.k506_background_work.conftest import Log
from tests.k506_background_work.querying import Querying
from tests.k506_background_work.work import Work, drained, request

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("file")]


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
        await drained(jobs, if_written=True)

        assert not shared, (
            "a request made a query and started a job, which made one, too: on the connection of "
            f"the request ({querying.told}); expected a thread and a connection of its own."
        )
        assert still_open, (
            "a request made a query and started a job, which has ended: the connection of the "
            "request is closed; expected it to be left alone."
        )


@pytest.mark.task(3)
@pytest.mark.parametrize("how", ["ended", "failed", "been cancelled"])
async def test_is_closed_when_the_job_has_ended(
    work: Work, connections_opened: Connections, log: Log, how: str
) -> None:
    """A job's connection is closed when it has ended, in whichever way, while another one runs."""
    querying = Querying(work, connections_opened)
    if how == "failed":
        work.fails["a"] = ConnectionError("no line to the checker")
    if how == "been cancelled":
        work.fails["a"] = asyncio.CancelledError()
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
        await drained(jobs, if_written=True)

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
async def test_a_slow_query_holds_up_no_other_job(
    work: Work, connections_opened: Connections
) -> None:
    """While a query of one job takes long, another job gets the answer to its own."""
    querying = Querying(work, connections_opened)
    go_on = threading.Event()

    async def slow_job() -> None:
        await querying.query("job a", go_on)

    async def job() -> None:
        await querying.query("job b")

    async with work.jobs() as jobs:
        try:
            async with request("r-17"):
                await querying.query("request")
                jobs.start(slow_job)
                await settle()
                jobs.start(job)
                await settle()
                seen = "job b" in querying.raw
                go_on.set()
                await sync_to_async(connections.close_all)()  # as Django does
        finally:
            go_on.set()
        await settle()
        await drained(jobs, if_written=True)

        assert seen, (
            "start() of two jobs, of which one keeps its thread for long: the query of the other "
            "one has not come back meanwhile; expected that each has a thread of its own. Queries "
            f"were made by {querying.told}."
        )


@pytest.mark.task(3)
async def test_a_slow_query_holds_up_no_request(
    work: Work, connections_opened: Connections
) -> None:
    """While a query of a job takes long, the request that has started it can make its own."""
    querying = Querying(work, connections_opened)
    go_on = threading.Event()

    async def slow_job() -> None:
        await querying.query("job", go_on)

    async with work.jobs() as jobs:
        try:
            async with request("r-17"):
                jobs.start(slow_job)
                await settle()
                query = asyncio.ensure_future(querying.query("request"))
                await settle()
                seen = query.done()
                go_on.set()
                await query
                await sync_to_async(connections.close_all)()  # as Django does
        finally:
            go_on.set()
        await settle()
        await drained(jobs, if_written=True)

        assert seen, (
            "a request starts a job that keeps its thread for long, and makes a query: that has "
            "not come back meanwhile; expected the job to have a thread of its own. Queries were "
            f"made by {querying.told}."
        )
