"""Each test's threads are its own."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from dojo.instruments import threads
from tests.dojo.instruments.child import run

pytestmark = pytest.mark.timeout(300)


def test_thread_for_sensitive_work_is_fresh() -> None:
    """One thread in a test, and another one in the next."""
    outcome = run("checks.py")["test_thread_sensitive_thread_is_fresh"]
    assert outcome.state == "passed", outcome.text


@pytest.mark.realtime
def test_knows_the_unfinished_jobs_of_a_pool() -> None:
    """Queued and running ones, until they are done."""
    over = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        jobs: set[Future[Any]] = {pool.submit(over.wait), pool.submit(int)}
        assert threads.unfinished(pool) == jobs
        over.set()
        for job in jobs:
            job.result()
        assert threads.unfinished(pool) == set()


@pytest.mark.realtime
def test_an_idle_pool_does_not_hold_the_exit() -> None:
    """But a busy one does."""
    started, over = threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        over.wait()

    with ThreadPoolExecutor(1) as pool:
        thread = pool.submit(threading.current_thread).result()
        pool.submit(work)
        started.wait()
        assert threads.holding_the_exit([thread]) == [thread]
        over.set()
    assert threads.holding_the_exit([thread]) == []


@pytest.mark.parametrize(("body", "status"), [("assert 1", 0), ("assert 0", 1)])
def test_hard_exit_keeps_the_status(tmp_path: Path, body: str, status: int) -> None:
    """A thread that never ends does not hold the interpreter, nor change what pytest answers."""
    file = tmp_path / "test_it.py"
    file.write_text(
        "import threading\n"
        "def test_it():\n"
        "    lock = threading.Lock(); lock.acquire()\n"
        "    threading.Thread(target=lock.acquire, name='hung').start()\n"
        f"    {body}\n"
    )
    result = run(str(file))
    assert result.status == status, result.output
    assert "Leaving without waiting for hung threads: hung\n" in result.output
