"""Jobs run on the server's loop, beside each other, and are held while they run, no longer."""

import asyncio
import gc
import weakref

import pytest

from dojo.instruments.rendezvous import settle
from tests.k506_background_work.conftest import Log, forget_what_was_logged
from tests.k506_background_work.work import Work, drained


@pytest.mark.task(1)
async def test_a_started_job_runs(work: Work, log: Log) -> None:
    """A job gets its arguments and runs, though nobody awaits it."""
    async with work.jobs() as jobs:
        jobs.start(work.job, "a")
        await settle()
        begun = list(work.begun)
        work.let("a")
        await settle()
        # Of a task that failed, asyncio logs the error when that is collected.
        gc.collect()

        assert begun == ["a"], f"start(job, 'a'): begun are {begun}; expected ['a']. Logged:{log}"
        assert work.ended == ["a"], (
            f"start(job, 'a'), and the job was let go: ended are {work.ended}; expected ['a']. "
            f"Logged:{log}"
        )


@pytest.mark.task(1)
async def test_runs_on_the_servers_loop(work: Work) -> None:
    """A job runs on the loop that `start` was called on."""
    async with work.jobs() as jobs:
        jobs.start(work.job, "a")
        await settle()

        assert not work.elsewhere, (
            "start(job, 'a'): the job ran on another event loop than the server's."
        )


@pytest.mark.task(1)
async def test_no_job_waits_for_another(work: Work) -> None:
    """While a hundred jobs wait, all of them have begun, and the last one can end."""
    names = [f"job {number}" for number in range(1, 101)]
    async with work.jobs() as jobs:
        for name in names:
            jobs.start(work.job, name)
        await settle()
        begun = set(work.begun)
        work.let(names[-1])
        await settle()

        assert begun == set(names), (
            f"start() of 100 jobs, which all wait: {len(begun)} of them have begun; "
            "expected all 100."
        )
        assert work.ended == [names[-1]], (
            f"start() of 100 jobs, and the last one was let go: ended are {work.ended}; "
            f"expected {[names[-1]]}."
        )


@pytest.mark.task(1)
async def test_survives_the_garbage_collector(work: Work) -> None:
    """A job that waits is still there after gc.collect()."""
    waits_for: list[weakref.ref[asyncio.Future[None]]] = []
    ended: list[str] = []

    async def job() -> None:
        # Nobody else holds on to what the job waits for, as with a timer that is its own.
        reply = asyncio.get_running_loop().create_future()
        waits_for.append(weakref.ref(reply))
        await reply
        ended.append("job")

    async with work.jobs() as jobs:
        jobs.start(job)
        await settle()
        assert waits_for, "start(job): it has not begun."
        gc.collect()
        reply = waits_for[0]()
        if reply is not None:
            reply.get_loop().call_soon_threadsafe(reply.set_result, None)
            await settle()

        assert reply is not None, (
            "start(job), then gc.collect(): the job has been destroyed while it waited; "
            "expected that somebody holds on to its task."
        )
        assert ended == ["job"], f"start(job), then gc.collect(): ended are {ended}; expected it."


@pytest.mark.task(1)
@pytest.mark.parametrize(
    ("end", "error"),
    [("ended", None), ("failed", ConnectionError), ("been cancelled", asyncio.CancelledError)],
    ids=["ended", "failed", "cancelled"],
)
async def test_keeps_nothing_of_a_job_that_has_ended(
    work: Work,
    log: Log,
    end: str,
    error: type[BaseException] | None,
) -> None:
    """When a job has ended, however it has, its task and its arguments can be collected."""

    class Argument:
        """Something large."""

    tasks: list[weakref.ref[asyncio.Task[object]]] = []

    async def job(argument: Argument) -> None:
        if task := asyncio.current_task():
            tasks.append(weakref.ref(task))
        await asyncio.sleep(0)
        if error is not None:
            raise error

    argument = Argument()
    kept = weakref.ref(argument)
    async with work.jobs() as jobs:
        jobs.start(job, argument)
        del argument
        await settle()
        forget_what_was_logged()
        gc.collect()
        its_argument = kept() is not None
        its_task = any((task := ref()) and task.done() for ref in tasks)
        task = None
        await drained(jobs, if_written=True)

        assert not its_argument, (
            f"start(job, argument), and the job has {end}: the argument is still being kept, after "
            f"gc.collect(); expected nothing of the job to be kept. Logged:{log}"
        )
        assert not its_task, (
            f"start(job), and the job has {end}: its task is still being kept, after gc.collect(); "
            f"expected nothing of the job to be kept. Logged:{log}"
        )
