"""What the clock has to hold in: each situation with a right and a wrong variant, exactly."""

import asyncio
import contextlib
import contextvars
import gc
import queue
import threading
import time
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from time import perf_counter as imported_perf_counter
from typing import Any

import _pytest.timing
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.core.asgi import get_asgi_application
from django.test import AsyncClient, Client

from dojo.instruments.clock import Clock
from tests.dojo.instruments import clock_urls

URLS = pytest.mark.urls("tests.dojo.instruments.clock_urls")
DATABASE = pytest.mark.django_db(transaction=True)
SYNC_ONLY = "tests.dojo.instruments.clock_urls.sync_only"

# Bound by pytest before anything was patched: real work, which takes no virtual time.
really_sleep = _pytest.timing.sleep


def variants(right: float, wrong: float, *names: str) -> pytest.MarkDecorator:
    """Run a test with the right and the wrong way, each with the seconds that it takes."""
    ways = names or ("right", "wrong")
    return pytest.mark.parametrize(
        ("way", "seconds"), [(ways[0], right), (ways[1], wrong)], ids=("right", "wrong")
    )


async def call(seconds: float = 0.2) -> None:
    await asyncio.sleep(seconds)


# -- pure asyncio ---------------------------------------------------------------------------------


@variants(0.2, 1.0)
async def test_gather(clock: Clock, way: str, seconds: float) -> None:
    if way == "right":
        await asyncio.gather(*(call() for _ in range(5)))
    else:
        for _ in range(5):
            await call()
    assert clock.now == seconds


@variants(30, 20)
async def test_a_timeout_fires(clock: Clock, way: str, seconds: float) -> None:
    with pytest.raises(TimeoutError) if way == "right" else contextlib.nullcontext():
        async with asyncio.timeout(30):
            await asyncio.sleep(60 if way == "right" else 20)
    assert clock.now == seconds


@variants(1, 100)
async def test_a_task_group_cancels_siblings(clock: Clock, way: str, seconds: float) -> None:
    ended: list[float] = []

    async def sibling() -> None:
        try:
            await asyncio.sleep(100)
        finally:
            ended.append(clock.now)

    async def failing() -> None:
        await asyncio.sleep(1)
        raise ValueError

    if way == "right":
        with pytest.raises(ExceptionGroup):  # noqa: PT012 - the group is the statement
            async with asyncio.TaskGroup() as group:
                group.create_task(sibling())
                group.create_task(failing())
    else:
        await asyncio.gather(sibling(), failing(), return_exceptions=True)
    assert ended == [seconds]


@variants(6, 4)
async def test_timers_fire_in_order(clock: Clock, way: str, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    fired: list[int] = []
    for at in (3, 1, 5, 2, 4):
        loop.call_later(at if way == "right" else 3, fired.append, at)
    await asyncio.sleep(seconds)
    assert fired == ([1, 2, 3, 4, 5] if way == "right" else [3, 1, 5, 2, 4])


@variants(0.6, 0.2)
async def test_semaphore(clock: Clock, way: str, seconds: float) -> None:
    free = asyncio.Semaphore(2 if way == "right" else 5)

    async def bounded() -> None:
        async with free:
            await call()

    await asyncio.gather(*(bounded() for _ in range(5)))
    assert clock.now == seconds


@variants(1e-7, 10 * 365 * 86400)
async def test_microseconds_and_years(clock: Clock, way: str, seconds: float) -> None:
    await asyncio.sleep(seconds)
    assert clock.now == seconds
    await asyncio.sleep(0.25)
    assert clock.now == seconds + 0.25


# -- threads --------------------------------------------------------------------------------------


@pytest.mark.parametrize("hop", [asyncio.to_thread, lambda f, *a: sync_to_async(f)(*a)])
@variants(0, 0.05)
async def test_time_does_not_jump_over_real_work(
    clock: Clock, way: str, seconds: float, hop: Callable[..., Awaitable[None]]
) -> None:
    sleep = really_sleep if way == "right" else time.sleep
    with pytest.raises(TimeoutError) if way == "wrong" else contextlib.nullcontext():
        async with asyncio.timeout(0.05):
            await hop(sleep, 0.15)
    assert clock.now == seconds


@variants(0.2, 0.6)
async def test_sleeps_in_a_pool(clock: Clock, way: str, seconds: float) -> None:
    if way == "right":
        await asyncio.gather(*(asyncio.to_thread(time.sleep, 0.2) for _ in range(3)))
    else:
        for _ in range(3):
            await asyncio.to_thread(time.sleep, 0.2)
    assert clock.now == seconds


@variants(0.6, 0.2)
async def test_thread_sensitive_is_one_thread(clock: Clock, way: str, seconds: float) -> None:
    sleep = sync_to_async(time.sleep, thread_sensitive=way == "right")
    await asyncio.gather(*(sleep(0.2) for _ in range(3)))
    assert clock.now == seconds


@variants(1, 0.5)
async def test_a_timeout_on_a_sleeping_thread(clock: Clock, way: str, seconds: float) -> None:
    with pytest.raises(TimeoutError) if way == "right" else contextlib.nullcontext():
        async with asyncio.timeout(1):
            await asyncio.to_thread(time.sleep, 3 if way == "right" else 0.5)
    assert clock.now == seconds


@variants(0.6, 0.2)
async def test_more_jobs_than_workers(clock: Clock, way: str, seconds: float) -> None:
    with ThreadPoolExecutor(2 if way == "right" else 5) as pool:
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(pool, time.sleep, 0.2) for _ in range(5)))
    assert clock.now == seconds


@variants(0.2, 0.6)
def test_threads_of_a_sync_test(clock: Clock, way: str, seconds: float) -> None:
    threads = [threading.Thread(target=time.sleep, args=(0.2,)) for _ in range(3)]
    for thread in threads:
        thread.start()
        if way == "wrong":
            thread.join()
    for thread in threads:
        thread.join()
    assert clock.now == seconds


@variants(0.6, 1.0)
def test_a_pool_in_a_sync_test(clock: Clock, way: str, seconds: float) -> None:
    with ThreadPoolExecutor(2 if way == "right" else 1) as pool:
        list(pool.map(time.sleep, [0.2] * 5))
    assert clock.now == seconds


@variants(0.2, 0.6)
async def test_loops_in_threads(clock: Clock, way: str, seconds: float) -> None:
    inner = async_to_sync(call)
    other = asyncio.create_task(call(0.1))
    if way == "right":
        await asyncio.gather(*(asyncio.to_thread(inner) for _ in range(3)))
    else:
        for _ in range(3):
            await asyncio.to_thread(inner)
    await other
    assert clock.now == seconds


@variants(0.5, 0.3)
async def test_a_thread_that_waits_for_the_loop(clock: Clock, way: str, seconds: float) -> None:
    loop = asyncio.get_running_loop()

    def ask() -> None:
        future = asyncio.run_coroutine_threadsafe(call(0.5), loop)
        with pytest.raises(TimeoutError) if way == "wrong" else contextlib.nullcontext():
            future.result(0.3 if way == "wrong" else None)
        future.cancel()

    await asyncio.to_thread(ask)
    assert clock.now == seconds


@variants(0.2, 1.0)
def test_a_thread_that_waits_for_a_thread(clock: Clock, way: str, seconds: float) -> None:
    line: queue.Queue[int] = queue.Queue()

    def produce() -> None:
        time.sleep(0.2)
        if way == "right":
            line.put(1)

    thread = threading.Thread(target=produce)
    thread.start()
    with pytest.raises(queue.Empty) if way == "wrong" else contextlib.nullcontext():
        line.get(timeout=1)
    thread.join()
    assert clock.now == seconds


@variants(0.2, 0.1)
def test_join_and_result_with_a_timeout(clock: Clock, way: str, seconds: float) -> None:
    thread = threading.Thread(target=time.sleep, args=(0.2,))
    thread.start()
    thread.join(0.3 if way == "right" else 0.1)
    assert thread.is_alive() == (way == "wrong")
    assert clock.now == seconds
    thread.join()


def test_a_pool_that_starts_a_thread_is_at_work(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever hands in a job waits for the new thread; the job may be under way already."""
    release, bootstrap = threading.Event(), threading.Thread._bootstrap  # type: ignore[attr-defined]

    def start_slowly(self: threading.Thread) -> None:
        really_sleep(0.2)
        bootstrap(self)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(really_sleep, 0.05)
        monkeypatch.setattr(threading.Thread, "_bootstrap", start_slowly)
        second = pool.submit(release.wait, 20)  # the first thread has it before the second is there
        release.set()
        first.result()

        assert second.result()
    assert clock.elapsed == 0.0


async def test_a_cancelled_job_is_not_waited_for(clock: Clock) -> None:
    with ThreadPoolExecutor(1) as pool:
        first, second = pool.submit(time.sleep, 0.2), pool.submit(time.sleep, 5)
        second.cancel()
        await asyncio.wrap_future(first)
        await asyncio.sleep(0.1)
    assert clock.now == 0.3


# -- Django ---------------------------------------------------------------------------------------


@URLS
@DATABASE
@pytest.mark.parametrize(
    ("view", "seconds"),
    [
        ("fan_out", 0.2),
        ("sequential", 1.0),
        ("nested", 0.2),
        ("nested_sequential", 1.0),
        ("sleepy", 0.2),
    ],
)
@pytest.mark.parametrize("middleware", [[], [SYNC_ONLY]], ids=["async", "sync-only"])
async def test_async_client(
    async_client: AsyncClient,
    clock: Clock,
    settings: Any,
    view: str,
    seconds: float,
    middleware: list[str],
) -> None:
    settings.MIDDLEWARE = middleware
    response = await async_client.get(f"/{view}/")
    assert response.status_code == 200
    assert clock.now == seconds


@URLS
@pytest.mark.parametrize(("view", "seconds"), [("fan_out", 0.2), ("sequential", 1.0)])
def test_sync_client(clock: Clock, view: str, seconds: float) -> None:
    assert Client().get(f"/{view}/").status_code == 200
    assert clock.now == seconds


@URLS
@DATABASE
@variants(0, 0.05, "database", "slow_database")
async def test_orm(async_client: AsyncClient, clock: Clock, way: str, seconds: float) -> None:
    with pytest.raises(TimeoutError) if way == "slow_database" else contextlib.nullcontext():
        for _ in range(5):
            async with asyncio.timeout(0.05):  # would fire if time jumped during a thread hop
                await async_client.get(f"/{way}/")
    assert clock.now == seconds


@URLS
async def test_stream(async_client: AsyncClient, clock: Clock) -> None:
    response: Any = await async_client.get("/stream/")
    times = [clock.now async for _ in response.streaming_content]
    assert times == [0.2, 0.4, 0.6, 0.8, 1.0]


@URLS
@variants(0.2, 1.0)
async def test_concurrent_requests(
    async_client: AsyncClient, clock: Clock, way: str, seconds: float
) -> None:
    if way == "right":
        await asyncio.gather(*(async_client.get("/fan_out/") for _ in range(5)))
    else:
        for _ in range(5):
            await async_client.get("/fan_out/")
    assert clock.now == seconds


@URLS
@variants(0.2, 1.0)
async def test_a_sync_only_middleware_serialises_the_client(
    async_client: AsyncClient, clock: Clock, settings: Any, way: str, seconds: float
) -> None:
    settings.MIDDLEWARE = [] if way == "right" else [SYNC_ONLY]

    def request() -> asyncio.Task[Any]:
        # Before asgiref 3.9 contexts that stem from one that knows an executor share it.
        empty = contextvars.Context()
        return asyncio.create_task(async_client.get("/fan_out/"), context=empty)

    await asyncio.gather(*(request() for _ in range(5)))
    assert clock.now == seconds


def conversation(path: str) -> Any:
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"testserver")],
        "server": ("testserver", 80),
    }
    communicator: Any = ApplicationCommunicator
    return communicator(get_asgi_application(), scope)


@URLS
@pytest.mark.parametrize("middleware", [[], [SYNC_ONLY]], ids=["async", "sync-only"])
async def test_the_asgi_application_serialises_nothing(
    clock: Clock, settings: Any, middleware: list[str]
) -> None:
    settings.MIDDLEWARE = middleware

    async def ask() -> None:
        talk = conversation("/fan_out/")
        await talk.send_input({"type": "http.request"})
        assert (await talk.receive_output())["status"] == 200
        await talk.receive_output()
        await talk.wait()

    await asyncio.gather(*(ask() for _ in range(5)))
    assert clock.now == 0.2


@URLS
@variants(0.5, 1.0)
async def test_a_client_that_goes_away(clock: Clock, way: str, seconds: float) -> None:
    clock_urls.released.clear()
    talk = conversation("/stream/")
    await talk.send_input({"type": "http.request"})
    assert (await talk.receive_output())["status"] == 200
    assert (await talk.receive_output())["body"] == b"0\n"
    assert await talk.receive_nothing(timeout=0.1)
    if way == "right":
        await asyncio.sleep(0.2)
        await talk.send_input({"type": "http.disconnect"})
    await talk.wait(timeout=10)
    assert clock.now == seconds
    assert clock_urls.released == (["stream"] if way == "right" else [])


# -- sync tests, and the learner's own clock ------------------------------------------------------


@pytest.mark.parametrize(
    "run", [lambda main: async_to_sync(main)(), lambda main: asyncio.run(main())]
)
@variants(0.5, 1.0)
def test_a_loop_in_a_sync_test(
    clock: Clock, way: str, seconds: float, run: Callable[[Any], None]
) -> None:
    async def main() -> None:
        if way == "right":
            await asyncio.gather(call(0.5), sync_to_async(time.sleep)(0.5))
        else:
            await call(0.5)
            await sync_to_async(time.sleep)(0.5)

    run(main)
    assert clock.now == seconds


async def test_a_stopwatch_sees_virtual_time() -> None:
    clocks: tuple[Callable[[], float], ...]
    clocks = (time.perf_counter, imported_perf_counter, time.monotonic, time.time)
    in_nanoseconds: tuple[Callable[[], int], ...]
    in_nanoseconds = (time.perf_counter_ns, time.monotonic_ns, time.time_ns)
    if hasattr(time, "clock_gettime"):  # not on Windows
        for clock in (time.CLOCK_MONOTONIC, time.CLOCK_REALTIME):
            clocks += (partial(time.clock_gettime, clock),)
            in_nanoseconds += (partial(time.clock_gettime_ns, clock),)
    before = [read() for read in clocks]
    before_ns = [read() for read in in_nanoseconds]
    await asyncio.sleep(2)
    passed = [round(read() - then, 6) for read, then in zip(clocks, before, strict=True)]
    passed_ns = [read() - then for read, then in zip(in_nanoseconds, before_ns, strict=True)]
    assert passed == [2] * len(clocks)
    assert passed_ns == [2_000_000_000] * len(in_nanoseconds)


async def test_waiting_for_what_is_left_of_a_deadline_ends(clock: Clock) -> None:
    """Also if the deadline is a moment that no float hits: 0.1 + 0.2 is past 0.3."""
    loop = asyncio.get_running_loop()
    await asyncio.sleep(0.3)
    ends = loop.time() + 0.1 + 0.2
    await asyncio.sleep(0.3)
    while (left := ends - loop.time()) > 0:  # noqa: ASYNC110 - as people write it
        await asyncio.sleep(left)
    assert clock.now == 0.6


def test_a_closed_loop_is_kept_by_nobody() -> None:
    """Nor is what the loop has waited for with a limit: here, the end of its pool."""
    loops: list[weakref.ref[asyncio.AbstractEventLoop]] = []

    async def one() -> None:
        loops.append(weakref.ref(asyncio.get_running_loop()))
        await asyncio.to_thread(int)

    for _ in range(5):
        async_to_sync(one)()
    gc.collect()
    assert [loop() for loop in loops[:-1]] == [None] * 4


async def test_polling_a_stopwatch_ends_on_time(clock: Clock) -> None:
    start = time.monotonic()
    turns = 0
    while time.monotonic() - start < 0.1:
        await asyncio.sleep(0.01)
        turns += 1
    assert (turns, clock.now) == (10, 0.1)


def test_a_class_can_hold_a_clock() -> None:
    holder: Any = type("Holder", (), {"read": time.monotonic})()
    assert holder.read() == time.monotonic()


async def test_an_ordinary_loop_keeps_real_time(clock: Clock) -> None:
    def elsewhere() -> float:
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            loop = runner.get_loop()
            start = loop.time()
            runner.run(asyncio.sleep(0.02))
            return loop.time() - start

    assert await asyncio.to_thread(elsewhere) > 0.01
    assert clock.now == 0


async def test_elapsed_can_be_restarted(clock: Clock) -> None:
    await call()
    clock.restart()
    await call(0.3)
    assert clock.elapsed == 0.3
    assert clock.now == 0.5


@pytest.fixture
async def slow_fixture() -> AsyncIterator[None]:
    await asyncio.sleep(7)
    yield
    await asyncio.sleep(7)


@pytest.mark.usefixtures("slow_fixture")
async def test_fixtures_do_not_count(clock: Clock) -> None:
    await call()
    assert clock.now == 0.2


def test_a_future_that_is_done_at_once(clock: Clock) -> None:
    done: Future[int] = Future()
    done.set_result(1)
    assert done.result(timeout=5) == 1
    assert clock.now == 0
