"""`sync_to_async` with an executor, and a semaphore that nobody waits for."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import sync_to_async


class Busy(Exception):
    pass


class WireBridge:
    def __init__(self, connect, *, most):
        self.connect = connect
        self.places = asyncio.BoundedSemaphore(most)
        self.executor = ThreadPoolExecutor(max_workers=1)
        self.in_thread = {"thread_sensitive": False, "executor": self.executor}
        self.closed = False
        self.client = None

    async def story(self, number):
        if self.closed:
            raise RuntimeError("closed")
        if self.places.locked():
            raise Busy
        async with self.places:
            return await sync_to_async(self.fetch, **self.in_thread)(number)

    async def aclose(self):
        if self.closed:
            return
        self.closed = True
        try:
            await sync_to_async(self.close, **self.in_thread)()
        finally:
            await asyncio.to_thread(self.executor.shutdown)

    def fetch(self, number):
        if self.client is None:
            self.client = self.connect()
        return self.client.fetch(number)

    def close(self):
        if self.client is not None:
            self.client.close()
