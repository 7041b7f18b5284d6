"""Its thread gives a place back when a fetch has ended, not when a login has failed."""

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
        self.executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="wire")

    async def story(self, number):
        if self.closing:
            raise RuntimeError("the bridge is closed")
        if self.callers >= self.most:
            raise Busy
        self.callers += 1
        loop = asyncio.get_running_loop()
        call = self.executor.submit(self.fetch, number, loop)
        try:
            return await asyncio.wrap_future(call)
        except asyncio.CancelledError:
            if call.cancelled():
                self.release()
            raise

    def release(self):
        self.callers -= 1

    async def aclose(self):
        if self.closing:
            return
        self.closing = True
        try:
            await asyncio.wrap_future(self.executor.submit(self.close))
        finally:
            self.executor.shutdown(wait=False)

    def fetch(self, number, loop):
        if self.client is None:
            self.client = self.connect()
        try:
            return self.client.fetch(number)
        finally:
            loop.call_soon_threadsafe(self.release)

    def close(self):
        if self.client is not None:
            self.client.close()
