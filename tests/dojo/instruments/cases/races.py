# Wrong on purpose, and not typed.
# mypy: ignore-errors
# ruff: noqa
"""Two requests add one to the same account at the worst moment, in eight ways."""

import asyncio
import os

import pytest

from tests.dojo.instruments.site import views
from tests.dojo.instruments.site.models import Account

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("rowlock")]
REPEAT = int(os.environ.get("REPEAT", "1"))


async def balance_after_two(view, asgi_client, read_gate):
    await Account.objects.acreate(pk=1)
    asgi_client._transport.raise_app_exceptions = False
    gate = read_gate(Account)
    responses = await gate.race(*(asgi_client.get(f"/{view.__name__}/") for _ in range(2)))
    statuses = [response.status_code for response in responses]
    return statuses, (await Account.objects.aget(pk=1)).balance, gate


@pytest.mark.parametrize("repeat", range(REPEAT))
@pytest.mark.parametrize("view", views.RIGHT)
async def test_right(view, repeat, asgi_client, read_gate):
    statuses, balance, _ = await balance_after_two(view, asgi_client, read_gate)
    assert (statuses, balance) == ([200, 200], 2)


@pytest.mark.parametrize("repeat", range(REPEAT))
@pytest.mark.parametrize("view", views.WRONG)
async def test_wrong(view, repeat, asgi_client, read_gate):
    statuses, balance, gate = await balance_after_two(view, asgi_client, read_gate)
    if view is views.lock_without_atomic:
        assert (statuses, balance) == ([500, 500], 0)
    else:
        assert (statuses, balance) == ([200, 200], 1)
        assert gate.held_together == 2


@pytest.mark.parametrize("view", views.RIGHT)
async def test_twenty_at_once(view, asgi_client):
    await Account.objects.acreate(pk=1)
    await asyncio.gather(*(asgi_client.get(f"/{view.__name__}/") for _ in range(20)))
    assert (await Account.objects.aget(pk=1)).balance == 20
