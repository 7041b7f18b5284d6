"""Tests that cannot go on, or cannot be judged by the clock, and the tests that come after them."""

# ruff: noqa: ASYNC110, ASYNC251 - polling and blocking are what is to be found

import asyncio
import contextlib
import queue
import socket
import subprocess
import sys
import threading
import time

import _pytest.timing
import pytest
from asgiref.sync import async_to_sync, sync_to_async

from dojo.instruments.clock import Clock

really_sleep = _pytest.timing.sleep


async def never() -> None:
    await asyncio.Event().wait()


# -- deadlocks ------------------------------------------------------------------------------------


async def test_event() -> None:
    await never()


async def test_event_in_a_task() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(never(), name="the first one")
        group.create_task(never(), name="the other one")


async def test_swallowed() -> None:
    while True:
        with contextlib.suppress(Exception):
            await never()


async def test_thread() -> None:
    await asyncio.to_thread(threading.Event().wait)


async def test_thread_that_waits_for_its_loop() -> None:
    lock = asyncio.Lock()
    await lock.acquire()

    def take() -> None:
        async_to_sync(lock.acquire)()

    await sync_to_async(take)()


def test_sync() -> None:
    queue.Queue[int]().get()


def test_loop_in_a_sync_test() -> None:
    async_to_sync(never)()


def test_loop_in_a_sync_test_swallowed() -> None:
    with contextlib.suppress(Exception):
        asyncio.run(never())


async def test_heartbeat() -> None:
    async def beat() -> None:
        while True:
            await asyncio.sleep(1)

    task = asyncio.create_task(beat())
    await never()
    task.cancel()


# -- polling --------------------------------------------------------------------------------------


async def test_spin() -> None:
    task = asyncio.create_task(asyncio.sleep(0.2))
    while not task.done():
        await asyncio.sleep(0)


async def test_spin_for_nothing() -> None:
    while True:
        await asyncio.sleep(0)


async def test_spin_on_a_thread() -> None:
    """Passes: the thread really works, and takes its time for it."""
    task = asyncio.create_task(asyncio.to_thread(really_sleep, 0.2))
    while not task.done():
        await asyncio.sleep(0)


# -- what is real ---------------------------------------------------------------------------------


async def test_connection() -> None:
    with contextlib.suppress(Exception):
        await asyncio.open_connection("127.0.0.1", 9)


async def test_server() -> None:
    await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)


async def test_look_up() -> None:
    await asyncio.open_connection("example.com", 80)


async def test_process() -> None:
    await asyncio.create_subprocess_exec(sys.executable, "--version")


async def test_reader() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        await asyncio.get_running_loop().sock_recv(ours, 1)


def test_sync_process() -> None:
    """Passes: nobody measures it."""
    subprocess.run([sys.executable, "-c", "pass"], check=True)


# -- blocking -------------------------------------------------------------------------------------


async def test_sleep() -> None:
    with contextlib.suppress(Exception):
        time.sleep(0.2)


async def test_pool_shutdown() -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        pool.submit(time.sleep, 0.2)


# -- threads that are there before, or stay -------------------------------------------------------

orders: queue.SimpleQueue[str] = queue.SimpleQueue()


def _serve() -> None:
    while orders.get() != "end":
        time.sleep(0.01)


threading.Thread(target=_serve, daemon=True).start()


async def test_old_thread() -> None:
    orders.put("sleep")
    while not orders.empty():
        await asyncio.sleep(0.1)
    await asyncio.to_thread(really_sleep, 0.05)


left_behind: list[str] = []


async def test_leaves_a_sleeper() -> None:
    def sleep_for_ever() -> None:
        try:
            while True:
                time.sleep(1000)
        finally:
            left_behind.append("ended")

    thread = threading.Thread(target=sleep_for_ever, daemon=True)
    thread.start()
    left_behind.append(thread.name)


def test_the_sleeper_is_gone() -> None:
    for _ in range(100):
        if "ended" in left_behind:
            return
        really_sleep(0.01)
    raise AssertionError("the thread of an earlier test sleeps on")


async def test_the_next_one(clock: Clock) -> None:
    assert clock.now == 0
    await asyncio.gather(*(asyncio.to_thread(time.sleep, 0.2) for _ in range(3)))
    assert await sync_to_async(lambda: 1)() == 1
    assert clock.now == 0.2


@pytest.mark.realtime
async def test_real_time(clock: Clock) -> None:
    start = time.perf_counter()
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
    await asyncio.sleep(0.02)
    assert not clock.virtual
    assert clock.now > 0.01
    assert time.perf_counter() - start > 0.01


@pytest.mark.timeout(0.5)
def test_hang() -> None:
    while True:
        really_sleep(0.01)
