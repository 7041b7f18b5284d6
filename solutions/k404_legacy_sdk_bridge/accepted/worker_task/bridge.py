"""A task of the loop serves an `asyncio.Queue`, one job at a time, through an executor."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


class Busy(Exception):
    pass


class WireBridge:
    def __init__(self, connect, *, most):
        self.connect = connect
        self.most = most
        self.jobs = asyncio.Queue()
        self.worker = None
        self.callers = 0
        self.closing = False

    async def story(self, number):
        if self.closing:
            raise RuntimeError("the bridge is closed")
        if self.callers >= self.most:
            raise Busy
        if self.worker is None:
            self.worker = asyncio.create_task(self.work())
        answer = asyncio.get_running_loop().create_future()
        self.jobs.put_nowait((number, answer))
        self.callers += 1
        # Not by the length of the queue: who has left is still in it.
        try:
            return await answer
        finally:
            self.callers -= 1

    async def aclose(self):
        if not self.closing:
            self.closing = True
            if self.worker is not None:
                self.jobs.put_nowait(None)
                await self.worker

    async def work(self):
        loop = asyncio.get_running_loop()
        client = None
        with ThreadPoolExecutor(max_workers=1) as executor:
            while job := await self.jobs.get():
                number, answer = job
                if answer.cancelled():
                    continue
                try:
                    if client is None:
                        client = await loop.run_in_executor(executor, self.connect)
                    result = await loop.run_in_executor(executor, client.fetch, number)
                except Exception as error:
                    if not answer.done():
                        answer.set_exception(error)
                else:
                    if not answer.done():
                        answer.set_result(result)
            if client is not None:
                await loop.run_in_executor(executor, client.close)
