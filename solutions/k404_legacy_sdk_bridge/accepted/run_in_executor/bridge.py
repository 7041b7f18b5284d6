"""`run_in_executor`, and a counter of callers: one who leaves makes room at once."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


class Busy(Exception):
    pass


class WireBridge:
    def __init__(self, connect, *, most):
        self.connect = connect
        self.most = most
        self.callers = 0
        self.closing = False
        self.client = None
        self.executor = ThreadPoolExecutor(max_workers=1)

    async def story(self, number):
        if self.closing:
            raise RuntimeError("the bridge is closed")
        if self.callers >= self.most:
            raise Busy
        self.callers += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self.executor, self.fetch, number)
        finally:
            self.callers -= 1

    async def aclose(self):
        if self.closing:
            return
        self.closing = True
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self.executor, self.close)
        finally:
            # Nothing is left to wait for: its one thread is at the end of its last job.
            self.executor.shutdown(wait=True)

    def fetch(self, number):
        self.client = self.client or self.connect()
        return self.client.fetch(number)

    def close(self):
        if self.client:
            self.client.close()
