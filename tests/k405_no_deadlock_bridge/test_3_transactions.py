"""The transaction of the caller: its rows are seen, and what `load` writes goes back with it."""

import threading

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.db import transaction

from dojo.instruments.orm_guard import Queries
from katas.newsroom.models import Article
from tests.k405_no_deadlock_bridge.asking import (
    ask,
    check_no_loop_left,
    check_no_transaction,
    in_time,
    loaded,
    noting_errors,
    noting_the_requests_thread,
)
from tests.k405_no_deadlock_bridge.conftest import QUOTES, Add

pytestmark = [
    pytest.mark.urls("katas.k405_no_deadlock_bridge.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
]


@pytest.mark.task(3)
def test_sees_what_its_caller_has_not_committed(add: Add) -> None:
    """Inside of `atomic`, `load` finds the article that its caller has just added."""
    with transaction.atomic():
        add("rain", "It rains.")
        text = loaded("rain").text

    assert text == "It rains.", f"load('rain').text is {text!r}; expected 'It rains.'."


@pytest.mark.task(3)
def test_is_rolled_back_with_its_caller(quoting: str) -> None:
    """What `load` has written inside of `atomic` is gone when its caller rolls back."""
    with transaction.atomic():
        loaded("harbour")
        transaction.set_rollback(True)

    bodies = dict(Article.objects.values_list("slug", "body"))
    kept = sorted(slug for slug, body in QUOTES.items() if bodies[slug] != body)
    assert not kept, (
        f"load('harbour') in transaction.atomic, rolled back: the texts of {kept} are still as "
        "load has written them; expected all as they were before."
    )


@pytest.mark.task(3)
def test_begins_no_transaction(quoting: str, queries: Queries) -> None:
    """Where its caller has begun no transaction, `load` holds none while it asks a desk."""
    with queries.during() as sent:
        loaded("harbour")

    check_no_transaction("load('harbour')", sent)


@pytest.mark.task(3)
def test_stays_on_the_thread_of_its_caller(quoting: str, queries: Queries) -> None:
    """All queries of `load` run on the thread that called it, so on its connection."""
    with queries.during() as sent:
        loaded("harbour")

    strangers = Queries(query for query in sent if query.thread_id != threading.get_ident())
    assert not strangers, strangers.explain(
        f"load('harbour'), of its {len(sent)} queries those outside of its caller's thread",
        expected="none there",
    )


@pytest.mark.task(3)
@pytest.mark.parametrize("page", ["sheet", "preview"], ids=["sync view", "island"])
async def test_stays_on_the_thread_of_the_request(
    quoting: str, asgi_client: httpx.AsyncClient, queries: Queries, page: str
) -> None:
    """Under ASGI, all queries of a page run on the thread that Django gave to the request."""
    with noting_the_requests_thread() as its_own, queries.during() as sent:
        await ask(asgi_client, f"/{page}/harbour/")

    strangers = Queries(query for query in sent if query.thread_id not in its_own)
    assert not strangers, strangers.explain(
        f"GET /{page}/harbour/ under ASGI, of its {len(sent)} queries those outside of the "
        "request's own thread",
        expected="none there",
    )


@pytest.mark.task(3)
async def test_an_island_publishes_and_loads(add: Add, asgi_client: httpx.AsyncClient) -> None:
    """In a transaction of an island, `load` finds the draft that was published there."""
    await sync_to_async(add)("rain", "It rains.", draft=True)

    answer = await ask(asgi_client, "/publish/rain/")

    article = await Article.objects.aget(slug="rain")
    seen, expected = (answer["text"], article.status), ("It rains.", "published")
    assert seen == expected, (
        f"GET /publish/rain/, a draft: text and status afterwards {seen!r}; expected {expected!r}."
    )


@pytest.mark.task(3)
async def test_an_island_that_fails_leaves_all_as_it_was(
    add: Add, quoting: str, asgi_client: httpx.AsyncClient
) -> None:
    """If the second quotation is missing, nothing of the first one is kept, nor the status."""
    draft = "See [[tides]] and [[missing]]"
    await sync_to_async(add)("storm", draft, draft=True)

    check_no_loop_left("GET /publish/storm/")

    with noting_errors() as raised:
        response = await in_time("GET /publish/storm/", asgi_client.get("/publish/storm/"))

    names = [type(error).__name__ for error in raised]
    assert (response.status_code, names) == (500, ["DoesNotExist"]), (
        f"GET /publish/storm/, which quotes a missing article, answered {response.status_code} "
        f"and raised {names}; expected 500 and DoesNotExist."
    )
    seen = [
        row
        async for row in Article.objects.filter(slug__in=["storm", "tides"])
        .order_by("slug")
        .values_list("status", "body")
    ]
    expected = [("draft", draft), ("published", QUOTES["tides"])]
    assert seen == expected, (
        f"GET /publish/storm/, which failed: status and text of 'storm' and 'tides' {seen!r}; "
        f"expected {expected!r}."
    )
