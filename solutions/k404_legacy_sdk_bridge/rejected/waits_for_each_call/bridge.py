"""Awaits the calls that are left before it closes, and ends with the first one that is cancelled."""

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor


class Busy(Exception):
    pass


class WireBridge:
    def __init__(self, connect, *, most):
        self.connect = connect
        self.most = most
        self.calls = set()
        self.closing = False
        self.client = None
        self.executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="wire")

    def in_thread(self, function, *args):
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(self.executor, function, *args)

    async def story(self, number):
        if self.closing:
            raise RuntimeError("the bridge is closed")
        if len(self.calls) >= self.most:
            raise Busy
        call = self.in_thread(self.fetch, number)
        self.calls.add(call)
        call.add_done_callback(self.calls.discard)
        return await call

    async def aclose(self):
        if self.closing:
            return
        self.closing = True
        try:
            for call in list(self.calls):
                with contextlib.suppress(Exception):
                    await call
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
