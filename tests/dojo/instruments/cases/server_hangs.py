# Wrong on purpose, and not typed.
# mypy: ignore-errors
# ruff: noqa
"""A view that holds its thread for ever, behind a real server."""

import asyncio

import httpx
import pytest
from django.http import HttpResponse
from django.urls import path

pytestmark = [pytest.mark.realtime, pytest.mark.urls(__name__)]


def stuck(request):
    return HttpResponse(asyncio.run(asyncio.Event().wait()))


urlpatterns = [path("stuck/", stuck)]


@pytest.mark.timeout(1)
async def test_hangs(server):
    async with httpx.AsyncClient(base_url=server.url, timeout=None) as client:
        await client.get("/stuck/")


def test_next():
    pass


async def test_gives_up(server):
    async with httpx.AsyncClient(base_url=server.url, timeout=None) as client:
        asked = asyncio.ensure_future(client.get("/stuck/"))
        await asyncio.wait({asked}, timeout=0.5)
        asked.cancel()
        pytest.fail("hangs")
