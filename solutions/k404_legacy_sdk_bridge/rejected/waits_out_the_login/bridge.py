"""Lets nobody go before the login is over."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


class Busy(Exception):
    pass


class WireBridge:
    def __init__(self, connect, *, most):
        self.connect = connect
        self.most = most
        self.calls = 0
        self.idle = asyncio.Event()
        self.closing = False
        self.login = None
        self.executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="wire")

    def run(self, function, *args):
        return asyncio.get_running_loop().run_in_executor(self.executor, function, *args)

    async def story(self, number):
        if self.closing:
            raise RuntimeError("the bridge is closed")
        if self.calls >= self.most:
            raise Busy
        self.calls += 1
        self.idle.clear()
        try:
            client = await self.logged_in()
            return await self.run(client.fetch, number)
        finally:
            self.calls -= 1
            if not self.calls:
                self.idle.set()

    async def logged_in(self):
        while True:
            mine = self.login is None
            if mine:
                self.login = asyncio.create_task(self.log_in())
            try:
                return await asyncio.shield(self.login)
            except asyncio.CancelledError:
                # The login must not be lost: see it through, and go then.
                if self.login is not None:
                    await asyncio.wait({self.login})
                raise
            except Exception:
                if mine:
                    raise

    async def log_in(self):
        try:
            return await self.run(self.connect)
        except Exception:
            self.login = None
            raise

    async def aclose(self):
        if self.closing:
            return
        self.closing = True
        try:
            if self.calls:
                await self.idle.wait()
            if self.login is not None:
                await asyncio.wait({self.login})
            if self.login is not None and not self.login.exception():
                await self.run(self.login.result().close)
        finally:
            self.executor.shutdown(wait=False)
