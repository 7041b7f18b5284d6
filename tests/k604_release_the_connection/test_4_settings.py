"""The settings of the production site, read as Django reads them."""

import asyncio
import copy
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections
from django.db.utils import ConnectionHandler
from django.http import HttpRequest, JsonResponse
from django.urls import path

from dojo.instruments import learner
from dojo.instruments.connections import Connections
from katas.k604_release_the_connection import production
from katas.newsroom.models import Article
from tests.k604_release_the_connection.agency import SUITE
from tests.k604_release_the_connection.ledger import listed, still_open

if TYPE_CHECKING:
    import httpx
    from pytest_django import Settings

pytestmark = SUITE

MISSING = object()
GIVEN: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "newsroom",
        "USER": "newsroom",
        "HOST": "db.internal",
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 3},
    },
    "archive": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": "/srv/newsroom/archive.sqlite3",
        "OPTIONS": {"timeout": 20},
    },
}


def as_django_reads(databases: object) -> dict[str, dict[str, Any]]:
    """Return the settings of each database, with Django's defaults filled in."""
    if not isinstance(databases, dict):
        seen = "missing" if databases is MISSING else repr(databases)
        fact = f"DATABASES of production.py is {seen}; expected a dictionary. (task 4)"
        pytest.fail(fact, pytrace=False)
    if missing := sorted(GIVEN.keys() - databases.keys()):
        names = " and ".join(map(repr, sorted(GIVEN)))
        fact = f"DATABASES has no {' and no '.join(map(repr, missing))}; expected {names}."
        pytest.fail(f"{fact} (task 4)", pytrace=False)
    try:
        return dict(ConnectionHandler(copy.deepcopy(databases)).settings)
    except Exception as error:
        fact = f"Django can't read DATABASES of production.py: {learner.told(error)}"
    pytest.fail(f"{fact}; expected a dictionary for each database. (task 4)", pytrace=False)


def production_databases() -> dict[str, dict[str, Any]]:
    """Return DATABASES of the learner's file, as Django reads it."""
    return as_django_reads(getattr(production, "DATABASES", MISSING))


async def count(request: HttpRequest) -> JsonResponse:
    """Make one query."""
    return JsonResponse({"articles": await Article.objects.acount()})


class CountingSite:
    """A site whose only page makes a query."""

    urlpatterns = (path("count/", count),)


@pytest.mark.task(4)
@pytest.mark.parametrize("alias", list(GIVEN))
async def test_no_connection_outlives_its_request(
    alias: str,
    transactional_db: None,
    asgi_client: "httpx.AsyncClient",
    connections_opened: Connections,
    settings: "Settings",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the CONN_MAX_AGE that Django reads in DATABASES, no connection outlives its request."""
    age = production_databases()[alias]["CONN_MAX_AGE"]
    assert age is None or isinstance(age, int | float), (
        f"DATABASES[{alias!r}] as Django reads it: CONN_MAX_AGE is {age!r}; expected a number of "
        "seconds. (task 4)"
    )
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", age)
    settings.ROOT_URLCONF = CountingSite
    settings.MIDDLEWARE = []

    with connections_opened.during() as opened:
        await asyncio.gather(*(asgi_client.get("/count/") for _ in range(3)))

    assert len(opened) == 3
    held = still_open(opened)
    if held:
        pytest.fail(
            f"DATABASES[{alias!r}] as Django reads it: CONN_MAX_AGE is {age!r}; 3 requests opened "
            f"3 connections, and {len(held)} of them outlived their request; expected none. "
            f"(task 4){listed(held)}",
            pytrace=False,
        )


@pytest.mark.task(4)
def test_all_else_stays() -> None:
    """All that DATABASES says besides CONN_MAX_AGE stays as it was."""
    seen = production_databases()
    expected = as_django_reads(GIVEN)

    assert set(seen) == set(expected), (
        f"DATABASES has {sorted(seen)}; expected {sorted(expected)}. (task 4)"
    )
    changed = [
        f"DATABASES[{alias!r}][{key!r}] is {seen[alias].get(key)!r}; expected {value!r}."
        for alias, database in expected.items()
        for key, value in database.items()
        if key != "CONN_MAX_AGE" and seen[alias].get(key) != value
    ]
    added = [
        f"DATABASES[{alias!r}] has a new key, {key!r}; expected none."
        for alias, database in seen.items()
        for key in database.keys() - expected[alias].keys()
    ]
    if changed or added:
        pytest.fail("\n".join([*changed, *added, "(task 4)"]), pytrace=False)
