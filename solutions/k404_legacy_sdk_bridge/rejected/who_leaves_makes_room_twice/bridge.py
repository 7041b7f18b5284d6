"""Makes room when a caller leaves, and once more when the abandoned call is over."""

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
        if self.calls >= self.most:
            raise Busy
        self.calls += 1
        loop = asyncio.get_running_loop()
        call = self.executor.submit(self.fetch, number)
        call.add_done_callback(lambda _: loop.call_soon_threadsafe(self.ended))
        try:
            return await asyncio.wrap_future(call)
        except asyncio.CancelledError:
            # Who leaves makes room at once; but the callback does so, too.
            self.ended()
            raise

    def ended(self):
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
