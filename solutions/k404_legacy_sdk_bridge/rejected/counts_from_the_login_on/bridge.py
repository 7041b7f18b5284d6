"""Counts calls only once the client is there."""

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
        self.lock = asyncio.Lock()
        self.executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="wire")

    async def in_thread(self, function, *args):
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.executor, function, *args)

    async def story(self, number):
        if self.closing:
            raise RuntimeError("the bridge is closed")
        async with self.lock:
            if self.client is None:
                login = asyncio.ensure_future(self.in_thread(self.login))
                # Perhaps nobody is there any more to look at its error.
                login.add_done_callback(lambda done: done.cancelled() or done.exception())
                await asyncio.shield(login)
        if self.callers >= self.most:
            raise Busy
        self.callers += 1
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

    def login(self):
        if self.client is None:
            self.client = self.connect()

    def fetch(self, number):
        self.login()
        return self.client.fetch(number)

    def close(self):
        if self.client is not None:
            self.client.close()
