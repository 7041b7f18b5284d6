"""Its thread looks who has left before it answers, not before it tells of an error."""

import asyncio
import queue
import threading
from concurrent.futures import Future


class Busy(Exception):
    pass


class WireBridge:
    def __init__(self, connect, *, most):
        self.connect = connect
        self.most = most
        self.unfinished = set()
        self.jobs = queue.Queue()
        self.thread = None
        self.ended = Future()
        self.closing = False

    async def story(self, number):
        if self.closing:
            raise RuntimeError("the bridge is closed")
        if len(self.unfinished) >= self.most:
            raise Busy
        if self.thread is None:
            self.thread = threading.Thread(target=self.work, name="wire")
            self.thread.start()
        job = Future()
        self.unfinished.add(job)
        job.add_done_callback(self.unfinished.discard)
        self.jobs.put((job, number))
        return await asyncio.wrap_future(job)

    async def aclose(self):
        if self.closing:
            return
        self.closing = True
        if self.thread is not None:
            self.jobs.put(None)
            await asyncio.wrap_future(self.ended)

    def work(self):
        client = None
        while (item := self.jobs.get()) is not None:
            job, number = item
            if job.cancelled():
                continue
            try:
                if client is None:
                    client = self.connect()
                result = client.fetch(number)
            except Exception as error:
                job.set_exception(error)
            else:
                if not job.cancelled():
                    job.set_result(result)
        try:
            if client is not None:
                client.close()
        except BaseException as error:
            self.ended.set_exception(error)
        else:
            self.ended.set_result(None)
