"""What suites of katas do: calls side by side, requests, rows, a failure with its chart."""

from __future__ import annotations

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.http import HttpRequest, JsonResponse
from django.test import AsyncClient, Client
from django.urls import path

from dojo.instruments.service import Service


async def page(request: HttpRequest) -> JsonResponse:
    """Answer."""
    await asyncio.sleep(0.1)
    return JsonResponse({"path": request.path})


urlpatterns = [path("page/", page)]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.task(1)]


@pytest.mark.parametrize("number", [1, 2])
async def test_calls(service: Service, number: int) -> None:
    """Calls overlap."""
    await asyncio.gather(*map(service.fetch, ("a", "b")))

    assert service.peak_in_flight == 2


async def test_failure(service: Service) -> None:
    """One call after the other: this fails."""
    for key in ("a", "b"):
        await service.fetch(key)

    assert service.peak_in_flight == 2, service.explain("fetch()", expected="2 in flight", task=1)


async def test_plain_failure() -> None:
    """This fails, too."""
    with pytest.raises(ValueError, match="x"):
        raise ValueError("x")
    assert {"page": 1} == {"page": 2}


async def test_page(async_client: AsyncClient) -> None:
    """A request to an async view."""
    assert (await async_client.get("/page/")).json() == {"path": "/page/"}


def test_page_from_sync_code(client: Client) -> None:
    """The same by the sync client."""
    assert client.get("/page/").status_code == 200


@pytest.mark.django_db(transaction=True)
async def test_rows() -> None:
    """Rows are written and read, in async and in sync code."""
    await User.objects.acreate(username="a")
    assert [user.username async for user in User.objects.all()] == ["a"]
    assert await sync_to_async(User.objects.count)() == 1


@pytest.mark.database("file")
@pytest.mark.django_db(transaction=True)
async def test_rows_in_a_file() -> None:
    """The same in a database of the test's own."""
    assert await User.objects.acount() == 0
