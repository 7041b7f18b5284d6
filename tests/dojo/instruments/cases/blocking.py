# Wrong on purpose, and not typed.
# mypy: ignore-errors
# ruff: noqa
"""Mistakes that block the event loop (the line is marked `here`), and programs that do not."""

import asyncio
import gettext
import http.client
import importlib
import json
import logging
import mimetypes
import os
import pathlib
import queue
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.request
import zoneinfo
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import sync_to_async
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from dojo.instruments.simulation import REAL
from tests.dojo.instruments.site.models import Account

pytestmark = pytest.mark.realtime

# As bound by an import that came before the instruments.
early_sleep = REAL.sleep


@pytest.fixture
def listener():
    """A server's address that accepts connections, and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()


@pytest.fixture
def running():
    """Submit to a pool of one thread, whose jobs wait until the test is over."""
    over = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        yield lambda: pool.submit(over.wait)
        over.set()


class TestMistakes:
    async def test_sleep(self):
        time.sleep(0.01)  # here

    @pytest.mark.skipif(sys.version_info < (3, 13), reason="no audit event for it")
    async def test_sleep_bound_early(self):
        early_sleep(0.01)  # here

    async def test_sleep_in_a_task(self):
        async def doze():
            time.sleep(0.01)  # here

        await asyncio.create_task(doze())

    async def test_sleep_swallowed(self):
        try:
            time.sleep(0.01)  # here
        except Exception:
            pass

    async def test_sleep_in_a_gathered_call_with_exceptions_returned(self):
        async def doze():
            time.sleep(0.01)  # here

        await asyncio.gather(doze(), return_exceptions=True)

    async def test_future_result(self, running):
        running().result(0.1)  # here

    async def test_wait_for_own_loop(self):
        loop = asyncio.get_running_loop()
        future = asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop)
        future.result(0.1)  # here

    async def test_queue_get(self):
        queue.Queue().get(timeout=0.1)  # here

    async def test_event_wait(self):
        threading.Event().wait(0.1)  # here

    async def test_semaphore(self):
        threading.Semaphore(0).acquire(timeout=0.1)  # here

    async def test_barrier(self):
        threading.Barrier(2).wait(0.1)  # here

    async def test_thread_join(self):
        over = threading.Event()
        thread = threading.Thread(target=over.wait, daemon=True)
        thread.start()
        try:
            thread.join(0.1)  # here
        finally:
            over.set()

    @pytest.mark.django_db(transaction=True)
    async def test_thread_join_of_queries(self):
        over = threading.Event()

        def ask():
            while not over.is_set():
                Account.objects.count()
            connection.close()

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        try:
            thread.join()  # here
        finally:
            over.set()

    async def test_pool_left_with_work_to_do(self):
        over = threading.Event()
        try:
            with ThreadPoolExecutor(1) as pool:  # here
                pool.submit(over.wait)
        finally:
            over.set()

    async def test_socket_connect(self, listener):
        socket.create_connection(listener).close()  # here

    async def test_socket_recv(self):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.recv(1)  # here

    async def test_urlopen(self, listener):
        urllib.request.urlopen(f"http://{listener[0]}:{listener[1]}/")  # here

    async def test_http_client(self, listener):
        http.client.HTTPConnection(*listener).request("GET", "/")  # here

    async def test_dns(self):
        socket.getaddrinfo("localhost", 80)  # here

    async def test_open(self):
        open(__file__).close()  # here

    async def test_path_read_text(self):
        pathlib.Path(__file__).read_text()  # here

    async def test_listdir(self):
        os.listdir(".")  # here

    async def test_glob(self):
        list(pathlib.Path(__file__).parent.glob("*.py"))  # here

    async def test_copy(self, tmp_path):
        shutil.copy(__file__, tmp_path)  # here

    async def test_temporary_file(self):
        tempfile.TemporaryFile()  # here

    async def test_subprocess(self):
        subprocess.run([sys.executable, "--version"])  # here

    async def test_os_system(self):
        os.system("true")  # here

    async def test_raw_sqlite(self, tmp_path):
        sqlite3.connect(tmp_path / "db")  # here

    @pytest.mark.django_db(transaction=True)
    async def test_query_on_the_loop(self):
        from tests.dojo.instruments.site.models import Account

        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "0"
        Account.objects.count()  # here

    async def test_input(self):
        input()  # here


class TestHarmless:
    async def test_asyncio_sleep(self):
        await asyncio.sleep(0.001)

    async def test_sleep_in_a_thread(self):
        await asyncio.to_thread(time.sleep, 0.001)
        await sync_to_async(time.sleep)(0.001)

    async def test_file_in_a_thread(self):
        await asyncio.to_thread(pathlib.Path(__file__).read_text)

    async def test_pool_whose_work_is_done(self):
        loop = asyncio.get_running_loop()
        for _ in range(20):
            with ThreadPoolExecutor(2) as pool:
                await asyncio.gather(*(loop.run_in_executor(pool, int) for _ in range(4)))

    async def test_thread_that_has_done_its_work(self):
        loop = asyncio.get_running_loop()
        for _ in range(20):
            done = asyncio.Event()
            thread = threading.Thread(target=loop.call_soon_threadsafe, args=(done.set,))
            thread.start()
            await done.wait()
            thread.join()

    async def test_nothing_to_wait_for(self):
        event = threading.Event()
        event.set()
        event.wait()
        jobs = queue.Queue()
        jobs.put(1)
        jobs.get()
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(int)
            await asyncio.wrap_future(future)
            future.result()

    async def test_locks_nobody_holds(self):
        with threading.Lock(), threading.RLock(), threading.Condition():
            pass

    async def test_asyncio_subprocess(self):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "--version", stdout=asyncio.subprocess.PIPE
        )
        assert b"Python" in (await process.communicate())[0]

    async def test_asyncio_streams(self):
        async def answer(reader, writer):
            writer.write(await reader.readline())
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"hello\n")
            assert await reader.readline() == b"hello\n"
            writer.close()
            await writer.wait_closed()

    async def test_socket_that_does_not_block(self):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)
            with pytest.raises(BlockingIOError):
                ours.recv(1)

    async def test_import(self):
        sys.modules.pop("this_is_not_loaded", None)
        for name in ("colorsys", "wave", "sndhdr"):
            sys.modules.pop(name, None)
        importlib.import_module("colorsys")
        import wave

    async def test_traceback(self):
        try:
            raise ValueError
        except ValueError:
            traceback.format_exc()
            logging.getLogger("cases").exception("seen")

    async def test_log_file(self, tmp_path):
        handler = logging.FileHandler(tmp_path / "log", delay=True)
        handler.emit(logging.makeLogRecord({"msg": "x"}))
        handler.close()

    async def test_time_zone(self):
        zoneinfo.ZoneInfo.no_cache("Europe/Berlin")

    async def test_mime_types(self):
        mimetypes.init()
        mimetypes.guess_type("x.json")

    async def test_gettext(self):
        gettext.translation("django", fallback=True)

    async def test_translation(self):
        translation.trans_real._translations.clear()
        with translation.override("de"):
            assert translation.gettext("yes")

    async def test_template_from_a_file(self):
        engines["django"].engine.template_loaders[0].reset()
        assert "hello" in render_to_string("greeting.txt", {"name": "x"})

    async def test_cache(self):
        cache.set("key", 1)
        assert cache.get("key") == 1

    async def test_mail(self, monkeypatch):
        monkeypatch.setattr(mail.utils.DNS_NAME, "_fqdn", "localhost", raising=False)
        mail.EmailMessage("s", "b", "a@example.com", ["b@example.com"]).message()

    @pytest.mark.django_db(transaction=True)
    async def test_async_orm(self):
        from tests.dojo.instruments.site.models import Account

        await Account.objects.acreate()
        assert await Account.objects.acount() == 1

    async def test_response(self, async_client, settings):
        settings.ROOT_URLCONF = __name__
        response = await async_client.get("/sync/")
        assert response.json() == {}

    async def test_request_factory(self):
        RequestFactory().post("/", json.dumps({}), content_type="application/json")

    async def test_descriptor_and_null_device(self):
        open(os.devnull).close()
        reader, writer = os.pipe()
        os.fdopen(reader).close()
        os.fdopen(writer, "w").close()


def sync_view(request):
    time.sleep(0.001)
    return HttpResponse("{}", content_type="application/json")


from django.urls import path

urlpatterns = [path("sync/", sync_view)]
