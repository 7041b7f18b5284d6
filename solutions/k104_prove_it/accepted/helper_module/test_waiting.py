"""Beside the page, the loop has time for others."""

import asyncio

import pytest
from django.test import AsyncRequestFactory

from . import views
from .tests_desk import URL, Clock, clear, publish


@pytest.mark.django_db(transaction=True)
async def test_loop_is_free_while_the_page_waits() -> None:
    """A task that wants to run every 10 ms never has to wait much longer than that."""
    await publish("today", day=23)
    clock, gaps = Clock(), []

    async def tick() -> None:
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(0.01)
            gaps.append(loop.time() - before)

    ticking = asyncio.create_task(tick())
    await views.bulletin(AsyncRequestFactory().get(URL), clock=clock)
    ticking.cancel()
    await clear()

    assert clock.calls == 1
    assert max(gaps) < 0.05
