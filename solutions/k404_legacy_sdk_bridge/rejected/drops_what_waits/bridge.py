"""Drops the calls that wait."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


class Busy(Exception):
    pass


class WireBridge:
    def __init__(self, connect, *, most):
        self.connect = connect
        self.most = most
        self.callers = 0
        self.calls = set()
        self.closing = False
        self.client = None
        self.executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="wire")

    async def in_thread(self, function, *args):
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.executor, function, *args)

    async def story(self, number):
        if self.closing:
            raise RuntimeError("the bridge is closed")
        if self.callers >= self.most:
            raise Busy
        self.callers += 1
        call = asyncio.ensure_future(self.in_thread(self.fetch, number))
        self.calls.add(call)
        try:
            return await call
        finally:
            self.calls.discard(call)
            self.callers -= 1

    async def aclose(self):
        if self.closing:
            return
        self.closing = True
        for call in list(self.calls):
            call.cancel()
        try:
            await self.in_thread(self.close)
        finally:
            self.executor.shutdown(wait=False)

    def fetch(self, number):
        if self.client is None:
            self.client = self.connect()
        return self.client.fetch(number)

    def close(self):
        if self.client is not None:
            self.client.close()
