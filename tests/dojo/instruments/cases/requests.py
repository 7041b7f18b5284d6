# Wrong on purpose, and not typed.
# mypy: ignore-errors
# ruff: noqa
"""Requests to the ASGI application, by conversation, by client and by a real server."""

import asyncio
import socket
import urllib.request

import httpx
import pytest

from tests.dojo.instruments.site import views


@pytest.fixture(autouse=True)
def fresh_events():
    views.entered.clear()
    views.cancelled.clear()


class TestConversation:
    async def test_whole_response(self, asgi):
        async with asgi("POST", "/echo/?a=1", body=b"hi", headers={"X-Sent": "x"}) as conversation:
            response = await conversation.response()
        assert response.status == 200
        assert response.body == b"POST /echo/?a=1 hi"
        assert response.headers["X-Seen"] == "x"

    async def test_loads_the_middleware_at_the_first_request(self, asgi, asgi_client, settings):
        settings.MIDDLEWARE = ["tests.dojo.instruments.site.views.cannot_be_loaded"]
        with pytest.raises(NotImplementedError, match="not yet"):
            async with asgi("GET", "/echo/") as conversation:
                await conversation.response()
        with pytest.raises(NotImplementedError, match="not yet"):
            await asgi_client.get("/echo/")

    async def test_stream_in_parts(self, asgi):
        async with asgi("GET", "/stream/") as conversation:
            assert (await conversation.receive())["status"] == 200
            chunks = conversation.chunks()
            assert await anext(chunks) == b"one"
            assert await anext(chunks) == b"two"
            conversation.disconnect()
            await conversation.ended()
            await chunks.aclose()
        assert views.cancelled.is_set()

    async def test_disconnect_cancels_the_view(self, asgi):
        async with asgi("GET", "/hang/") as conversation:
            while not views.entered.is_set():
                await asyncio.sleep(0.001)
            conversation.disconnect()
            await conversation.ended()
        assert views.cancelled.is_set()
        assert conversation.sent == []

    async def test_end_of_the_block_is_a_disconnect(self, asgi):
        async with asgi("GET", "/hang/"):
            while not views.entered.is_set():
                await asyncio.sleep(0.001)
        assert views.cancelled.is_set()

    async def test_application_that_ends_early(self, asgi):
        async with asgi("GET", "/echo/") as conversation:
            await conversation.response()
            with pytest.raises(EOFError):
                await conversation.receive()

    async def test_stubborn_view_is_a_task_left_running(self, asgi):
        async with asgi("GET", "/stubborn/") as conversation:
            await asyncio.sleep(0.1)
            conversation.disconnect()

    async def test_own_thread(self, asgi):
        async def thread():
            async with asgi("GET", "/thread/") as conversation:
                return (await conversation.response()).body

        assert len({await thread(), await thread()}) <= 2


class TestClient:
    async def test_thread_per_request(self, asgi_client):
        responses = await asyncio.gather(*(asgi_client.get("/thread/") for _ in range(5)))
        assert [response.status_code for response in responses] == [200] * 5

    async def test_error_is_a_response(self, asgi_client):
        assert (await asgi_client.get("/broken/")).status_code == 500


@pytest.mark.realtime
class TestServer:
    async def test_from_async_test(self, server):
        async with httpx.AsyncClient(base_url=server.url) as client:
            responses = await asyncio.gather(*(client.get("/echo/") for _ in range(5)))
        assert [response.status_code for response in responses] == [200] * 5

    def test_from_sync_test(self, server):
        with urllib.request.urlopen(f"{server.url}/echo/") as response:
            assert response.status == 200

    def test_real_disconnect_cancels_the_view(self, server):
        with socket.create_connection((server.host, server.port)) as client:
            client.sendall(b"GET /hang/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert views.entered.wait(5)
        assert views.cancelled.wait(5)

    def test_stop_with_an_open_request(self, server, request):
        client = socket.create_connection((server.host, server.port))
        client.sendall(b"GET /hang/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert views.entered.wait(5)
        request.addfinalizer(client.close)

    def test_stop_with_a_stubborn_view(self, server, request):
        client = socket.create_connection((server.host, server.port))
        client.sendall(b"GET /stubborn/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert views.entered.wait(5)
        request.addfinalizer(client.close)

    def test_stop_with_a_task_left(self, server, request):
        client = socket.create_connection((server.host, server.port))
        client.sendall(b"GET /leaves_a_task/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert views.entered.wait(5)
        request.addfinalizer(client.close)

    def test_stop_with_an_idle_connection(self, server, request):
        request.addfinalizer(socket.create_connection((server.host, server.port)).close)


def test_server_needs_real_time(server):
    pass
