"""Logs in once, by a job that all calls ask for its result."""

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
        self.login = None
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
        if self.login is None:
            self.login = self.executor.submit(self.connect)
        try:
            return await self.in_thread(self.fetch, number)
        finally:
            self.callers -= 1

    async def aclose(self):
        if self.closing:
            return
        self.closing = True
        try:
            await self.in_thread(self.close)
        finally:
            self.executor.shutdown(wait=False)

    def fetch(self, number):
        return self.login.result().fetch(number)

    def close(self):
        if self.login is not None and self.login.exception() is None:
            self.login.result().close()
