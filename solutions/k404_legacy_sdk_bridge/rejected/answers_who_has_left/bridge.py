"""Sets the result of a future whose caller may have left, on the loop."""

import asyncio
import threading
from queue import SimpleQueue


class Busy(Exception):
    pass


class WireBridge:
    def __init__(self, connect, *, most):
        self.connect = connect
        self.free = threading.BoundedSemaphore(most)
        self.jobs = SimpleQueue()
        self.thread = None
        self.closing = False
        self.client = None

    def send(self, work, *args):
        if self.thread is None:
            self.thread = threading.Thread(target=self.run, daemon=True)
            self.thread.start()
        answer = asyncio.get_running_loop().create_future()
        self.jobs.put((answer, work, args))
        return answer

    async def story(self, number):
        if self.closing:
            raise RuntimeError("the bridge is closed")
        if not self.free.acquire(blocking=False):
            raise Busy
        try:
            return await self.send(self.fetch, number)
        finally:
            self.free.release()

    async def aclose(self):
        if not self.closing:
            self.closing = True
            if self.thread is not None:
                try:
                    await self.send(self.close)
                finally:
                    self.jobs.put(None)

    def fetch(self, number):
        if self.client is None:
            self.client = self.connect()
        return self.client.fetch(number)

    def close(self):
        if self.client is not None:
            self.client.close()

    def run(self):
        for answer, work, args in iter(self.jobs.get, None):
            if answer.cancelled():
                continue
            try:
                tell, what = answer.set_result, work(*args)
            except Exception as error:
                tell, what = answer.set_exception, error
            answer.get_loop().call_soon_threadsafe(tell, what)
