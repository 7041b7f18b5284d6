"""Jobs that fail say so on the log, with the id of the request that has started them."""

import asyncio
import gc

import pytest

from dojo.instruments.rendezvous import settle
from tests.k506_background_work.conftest import Log
from tests.k506_background_work.work import Work, drained, request


class CheckerDown(Exception):  # noqa: N818 - what is the case
    """What the jobs of these tests fail with."""


async def fail(work: Work, error: BaseException) -> None:
    """Start a job as for request 'r-17', and have it raise when that request is over."""
    work.fails["a"] = error
    async with work.jobs() as jobs:
        async with request("r-17"):
            jobs.start(work.job, "a")
            await settle()
        work.let("a")
        await settle()
        await drained(jobs, if_written=True)
    # What asyncio has to say of a task that failed, it says when that is collected.
    gc.collect()


@pytest.mark.task(2)
async def test_a_job_sees_the_id_of_its_request(work: Work) -> None:
    """In a job, request_id is that of the request that has started it, and no other's."""
    async with work.jobs() as jobs:
        async with request("r-17"):
            jobs.start(work.job, "a")
        async with request("r-18"):
            jobs.start(work.job, "b")
            await settle()
        await settle()

        expected = {"a": "r-17", "b": "r-18"}
        assert work.ids == expected, (
            f"start() for requests r-17 and r-18: the jobs' request_id are {work.ids}; "
            f"expected {expected}."
        )


@pytest.mark.task(2)
async def test_a_failure_is_logged(work: Work, log: Log) -> None:
    """What a job raises is logged once, as an error, with its traceback."""
    await fail(work, CheckerDown("no line to the checker"))

    about = log.about("no line to the checker")
    assert len(about) == 1, (
        "a job raised CheckerDown('no line to the checker'): "
        f"{len(about)} errors on the log name it; expected 1. Logged:{log}"
    )
    assert "in job\n" in about[0].text, (
        "a job raised CheckerDown('no line to the checker'), and was logged without its traceback: "
        f"{about[0]}"
    )


@pytest.mark.task(2)
async def test_a_failure_names_its_request(work: Work, log: Log) -> None:
    """What is logged of a failure has the id of the request that has started the job."""
    await fail(work, CheckerDown("no line to the checker"))

    for line in log.about("no line to the checker"):
        assert line.for_request == "r-17" or "r-17" in line.text, (
            "a job of request r-17 raised CheckerDown, and was logged under the id "
            f"{line.for_request!r}; expected 'r-17':\n{line}"
        )


@pytest.mark.task(2)
async def test_a_cancelled_job_is_no_failure(work: Work, log: Log) -> None:
    """Of a job that ends by CancelledError, nothing is logged as an error."""
    await fail(work, asyncio.CancelledError())

    assert not log.lines, f"a job raised CancelledError; expected no error on the log. Logged:{log}"


@pytest.mark.task(2)
async def test_a_failure_disturbs_no_other_job(work: Work, log: Log) -> None:
    """After a failure, jobs that run go on, and new ones are run."""
    work.fails["a"] = CheckerDown("no line to the checker")
    async with work.jobs() as jobs:
        for name in "ab":
            jobs.start(work.job, name)
        await settle()
        work.let("a")
        await settle()
        jobs.start(work.job, "c")
        await settle()
        work.let("b", "c")
        await settle()

        assert sorted(work.ended) == ["b", "c"], (
            f"a fails, b runs beside it, c comes later: ended are {work.ended}; "
            f"expected b and c. Logged:{log}"
        )
