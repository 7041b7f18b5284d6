"""A client for each thread of the default pool, in a threading.local."""

import asyncio
import threading


class Busy(Exception):
    pass


class WireBridge:
    def __init__(self, connect, *, most):
        self.connect = connect
        self.most = most
        self.callers = 0
        self.closing = False
        self.here = threading.local()

    async def in_thread(self, function, *args):
        return await asyncio.to_thread(function, *args)

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
        await self.in_thread(self.close)

    def fetch(self, number):
        if not hasattr(self.here, "client"):
            self.here.client = self.connect()
        return self.here.client.fetch(number)

    def close(self):
        if hasattr(self.here, "client"):
            self.here.client.close()
