"""Its thread expects the vendor's own errors of the close, and tells `aclose` of no others."""

import asyncio
import queue
import threading
from concurrent.futures import Future

from katas.k404_legacy_sdk_bridge.wire import WireError


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
            if not job.set_running_or_notify_cancel():
                continue
            try:
                if client is None:
                    client = self.connect()
                job.set_result(client.fetch(number))
            except Exception as error:
                job.set_exception(error)
        try:
            if client is not None:
                client.close()
        except WireError as error:
            self.ended.set_exception(error)
        else:
            self.ended.set_result(None)
