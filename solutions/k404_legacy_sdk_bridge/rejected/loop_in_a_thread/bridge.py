"""The thread runs an event loop of its own, as its queue; blocking that loop is its purpose."""

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
        self.client = None
        self.loop = None
        self.thread = None

    def send(self, coroutine):
        if self.thread is None:
            self.loop = asyncio.new_event_loop()
            self.thread = threading.Thread(target=self.run)
            self.thread.start()
        return asyncio.wrap_future(asyncio.run_coroutine_threadsafe(coroutine, self.loop))

    def run(self):
        self.loop.run_forever()
        self.loop.close()

    async def story(self, number):
        if self.closing:
            raise RuntimeError("the bridge is closed")
        if self.callers >= self.most:
            raise Busy
        self.callers += 1
        try:
            return await self.send(self.fetch(number))
        finally:
            self.callers -= 1

    async def aclose(self):
        if self.closing:
            return
        self.closing = True
        if self.thread is not None:
            try:
                await self.send(self.close())
            finally:
                self.loop.call_soon_threadsafe(self.loop.stop)
                await asyncio.to_thread(self.thread.join)

    async def fetch(self, number):
        if self.client is None:
            self.client = self.connect()
        return self.client.fetch(number)

    async def close(self):
        if self.client is not None:
            self.client.close()
