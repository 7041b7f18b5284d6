"""Counts one less when a call ends, also for one who was refused and has not been counted."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


class Busy(Exception):
    pass


class WireBridge:
    def __init__(self, connect, *, most):
        self.connect = connect
        self.most = most
        self.calls = 0
        self.closing = False
        self.client = None
        self.executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="wire")

    async def story(self, number):
        if self.closing:
            raise RuntimeError("the bridge is closed")
        try:
            if self.calls >= self.most:
                raise Busy
            self.calls += 1
            return await asyncio.wrap_future(self.executor.submit(self.fetch, number))
        finally:
            # Gives back a place also for one who has been refused.
            self.calls -= 1

    async def aclose(self):
        if self.closing:
            return
        self.closing = True
        closed = self.executor.submit(self.close)
        self.executor.shutdown(wait=False)
        await asyncio.wrap_future(closed)

    def fetch(self, number):
        if self.client is None:
            self.client = self.connect()
        return self.client.fetch(number)

    def close(self):
        if self.client is not None:
            self.client.close()
