"""At shutdown, drain() waits for what runs."""

import asyncio

import pytest

from dojo.instruments.rendezvous import settle
from tests.k506_background_work.conftest import Log
from tests.k506_background_work.work import Work, drain, drained, outcome, soon


@pytest.mark.task(4)
async def test_drain_returns_when_nothing_runs(work: Work) -> None:
    """Without jobs, and when all have ended, drain() returns."""
    async with work.jobs() as jobs:
        await drained(jobs)
        work.let("a")
        jobs.start(work.job, "a")
        await settle()
        await drained(jobs)


@pytest.mark.task(4)
async def test_drain_waits_for_what_runs(work: Work) -> None:
    """drain() returns when the last job has ended, and not before."""
    async with work.jobs() as jobs:
        for name in "ab":
            jobs.start(work.job, name)
        await settle()
        draining = drain(jobs)
        await asyncio.sleep(600)
        early = outcome(draining)
        work.let("a")
        await settle()
        after_one = outcome(draining)
        work.let("b")
        await soon(draining)

        assert (early, after_one) == ("has not returned",) * 2, (
            f"drain(), while a and b ran for ten minutes: it {early}; when a had ended: it "
            f"{after_one}; expected it to wait for both."
        )
        assert sorted(work.ended) == ["a", "b"], (
            f"drain(), and a and b were let go: ended are {work.ended}; expected both."
        )
        assert outcome(draining) == "returned", (
            f"drain(), when a and b had ended: it {outcome(draining)}; expected it to return."
        )


@pytest.mark.task(4)
async def test_drain_waits_for_what_jobs_start(work: Work) -> None:
    """A job that another one starts meanwhile is waited for as well."""
    async with work.jobs() as jobs:

        async def parent() -> None:
            await work.job("parent")
            jobs.start(work.job, "child")

        jobs.start(parent)
        await settle()
        draining = drain(jobs)
        await settle()
        work.let("parent")
        await settle()
        early = outcome(draining)
        work.let("child")
        await soon(draining)

        assert early == "has not returned", (
            f"drain(), while a job runs that starts another one: it {early} when the first one had "
            "ended; expected it to wait for both."
        )
        assert outcome(draining) == "returned", (
            f"drain(), when both jobs had ended: it {outcome(draining)}; expected it to return."
        )


@pytest.mark.task(4)
async def test_a_failure_does_not_end_the_draining(work: Work, log: Log) -> None:
    """If a job fails meanwhile, drain() waits for the others, and raises nothing."""
    work.fails["a"] = ConnectionError("no line to the checker")
    async with work.jobs() as jobs:
        for name in "ab":
            jobs.start(work.job, name)
        await settle()
        draining = drain(jobs)
        await settle()
        work.let("a")
        await settle()
        early = outcome(draining)
        work.let("b")
        await soon(draining)

        assert early == "has not returned", (
            f"drain(), while a and b run, and a failed: it {early}; expected it to wait for b."
        )
        assert outcome(draining) == "returned", (
            f"drain(), when a had failed and b had ended: it {outcome(draining)}; expected it to "
            "return."
        )


@pytest.mark.task(4)
async def test_failures_are_logged_when_drain_returns(work: Work, log: Log) -> None:
    """If the last job fails, that is in the log when drain() returns, and not a moment later."""
    work.fails["a"] = ConnectionError("no line to the checker")
    async with work.jobs() as jobs:

        async def logged_by_then() -> int:
            await jobs.drain()
            return len(log.about("no line to the checker"))

        jobs.start(work.job, "a")
        await settle()
        draining = asyncio.create_task(logged_by_then())
        await settle()
        work.let("a")
        await soon(draining)

        assert outcome(draining) == "returned", (
            f"drain(), when a had failed: it {outcome(draining)}; expected it to return."
        )
        assert draining.result(), (
            "drain(), and a failed: when it returned, nothing was logged of that; expected its "
            "failure to be logged by then."
        )
