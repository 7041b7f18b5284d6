"""Gives the login a future of its own; of one who leaves, nobody looks at its error."""

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

    def in_thread(self, function, *args):
        return asyncio.get_running_loop().run_in_executor(self.executor, function, *args)

    async def story(self, number):
        if self.closing:
            raise RuntimeError("the bridge is closed")
        if self.callers >= self.most:
            raise Busy
        self.callers += 1
        try:
            if self.client is not None:
                return await self.in_thread(self.fetch, number)
            login = self.in_thread(self.log_in)
            fetch = self.in_thread(self.fetch, number)
            try:
                # It goes on without its caller.
                await asyncio.wait([login])
            except asyncio.CancelledError:
                fetch.cancel()
                raise
            if login.exception() is None:
                return await fetch
            await asyncio.wait([fetch])
            fetch.exception()
            return login.result()
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

    def log_in(self):
        if self.client is None:
            self.client = self.connect()

    def fetch(self, number):
        if self.client is None:
            raise RuntimeError("no login")
        return self.client.fetch(number)

    def close(self):
        if self.client is not None:
            self.client.close()
