"""A new thread for each call."""

import asyncio
import threading
from concurrent.futures import Future


class Busy(Exception):
    pass


class WireBridge:
    def __init__(self, connect, *, most):
        self.connect = connect
        self.most = most
        self.callers = 0
        self.closing = False
        self.client = None

    async def in_thread(self, function, *args):
        answer = Future()

        answer.set_running_or_notify_cancel()

        def run():
            try:
                answer.set_result(function(*args))
            except Exception as error:
                answer.set_exception(error)

        threading.Thread(target=run).start()
        return await asyncio.wrap_future(answer)

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
        if self.client is None:
            self.client = self.connect()
        return self.client.fetch(number)

    def close(self):
        if self.client is not None:
            self.client.close()
