"""Waits for an answer without awaiting it: of one who leaves, nobody looks at the error."""

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

    async def in_thread(self, function, *args):
        call = self.executor.submit(function, *args)
        answer = asyncio.wrap_future(call)
        try:
            await asyncio.wait([answer])
        except asyncio.CancelledError:
            call.cancel()
            raise
        return answer.result()

    async def story(self, number):
        if self.closing:
            raise RuntimeError("the bridge is closed")
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

    def fetch(self, number):
        if self.client is None:
            self.client = self.connect()
        return self.client.fetch(number)

    def close(self):
        if self.client is not None:
            self.client.close()
