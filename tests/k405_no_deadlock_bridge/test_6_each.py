"""The other way: async code that goes through a sync iterable, step by step."""

import asyncio
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import httpx
import pytest

from dojo.instruments import learner
from dojo.instruments.orm_guard import Queries
from katas.k405_no_deadlock_bridge.bridge import each
from katas.newsroom.models import Article
from tests.k405_no_deadlock_bridge.asking import ask, in_time, noting_the_requests_thread
from tests.k405_no_deadlock_bridge.conftest import QUOTES

pytestmark = [
    pytest.mark.urls("katas.k405_no_deadlock_bridge.urls"),
    pytest.mark.database("file"),
]


async def gathered(name: str, items: Iterable[Any]) -> list[Any]:
    """Return the items of ``each(items)``; fail with how many came if it does not end well."""
    __tracebackhide__ = True
    came: list[Any] = []

    async def gather() -> None:
        async for item in each(items):
            came.append(item)

    try:
        await in_time(f"async for … in each({name})", gather())
    except (Exception, pytest.fail.Exception) as error:
        told = str(error) if isinstance(error, pytest.fail.Exception) else learner.told(error)
        pytest.fail(
            f"async for … in each({name}), after {len(came)} items: {told}\n"
            "Expected all items, and then the end of the loop.",
            pytrace=False,
        )
    return came


@pytest.mark.task(6)
async def test_ends_after_the_last_item() -> None:
    """All items come, in order, and then the loop ends."""
    came = await gathered("iter('abc')", iter("abc"))

    assert came == list("abc"), f"each(iter('abc')) gave {came!r}; expected {list('abc')!r}."


@pytest.mark.task(6)
@pytest.mark.parametrize("items", [[], [0, None, "", False, "last"]], ids=["none", "falsy ones"])
async def test_any_item_may_come(items: list[object]) -> None:
    """No item at all, and items that are false or None, are items like all others."""
    came = await gathered(repr(items), items)

    assert came == items, f"each({items!r}) gave {came!r}; expected {items!r}."


@pytest.mark.task(6)
@pytest.mark.django_db(transaction=True)
async def test_a_queryset_is_an_iterable(quoting: str) -> None:
    """A queryset can be gone through, which sends its query off the loop's thread."""
    came = await gathered(
        "a queryset", Article.objects.order_by("pk").values_list("slug", flat=True)
    )

    assert came == list(QUOTES), f"each(a queryset) gave {came!r}; expected {list(QUOTES)!r}."


@pytest.mark.task(6)
@pytest.mark.parametrize("error", [LookupError("no such page"), RuntimeError("out of paper")])
async def test_errors_come_out(error: Exception) -> None:
    """What the iterable raises comes out of `each`, after the items before it."""

    def pages() -> Iterator[int]:
        yield 1
        raise error

    came: list[object] = []

    async def gather() -> None:
        async for item in each(pages()):
            came.append(item)

    try:
        await in_time("async for … in each(pages())", gather())
    except type(error) as raised:
        came.append(raised)

    assert came == [1, error], (
        f"each(pages()), which yields 1 and raises {error!r}, gave {came!r}; "
        f"expected {[1, error]!r}."
    )


@pytest.mark.task(6)
async def test_takes_a_step_when_it_is_asked_to() -> None:
    """No step is taken before its item is asked for, and none of them on the loop's thread."""
    steps: list[tuple[int, bool]] = []

    def pages() -> Iterator[int]:
        for number in range(1, 10):
            steps.append((number, threading.current_thread() is threading.main_thread()))
            yield number

    async def two() -> None:
        iterator = aiter(each(pages()))
        try:
            await anext(iterator)
            await anext(iterator)
            await asyncio.sleep(1)
        finally:
            # A class need not have it.
            if close := getattr(iterator, "aclose", None):
                await close()

    await in_time("two steps of each(pages())", two())

    assert steps == [(1, False), (2, False)], (
        "each(pages()), asked for two items, took the steps (number, on the loop's thread) "
        f"{steps!r}; expected [(1, False), (2, False)]."
    )


@pytest.mark.task(6)
@pytest.mark.django_db(transaction=True)
async def test_steps_may_load(
    quoting: str, small_pool: None, asgi_client: httpx.AsyncClient
) -> None:
    """A page under ASGI goes through the typesetter's proofs, each of which calls `load`."""
    lines = (await ask(asgi_client, "/proof/harbour+calendar/"))["lines"]

    expected = [f"Harbour: {quoting}", "Calendar: The 24th."]
    assert lines == expected, (
        f"GET /proof/harbour+calendar/ under ASGI: lines {lines!r}; expected {expected!r}."
    )


@pytest.mark.task(6)
@pytest.mark.django_db(transaction=True)
async def test_steps_stay_on_the_thread_of_the_request(
    quoting: str, asgi_client: httpx.AsyncClient, queries: Queries
) -> None:
    """All queries of such a page run on the thread that Django gave to the request."""
    with noting_the_requests_thread() as its_own, queries.during() as sent:
        await ask(asgi_client, "/proof/harbour+calendar/")

    strangers = Queries(query for query in sent if query.thread_id not in its_own)
    assert not strangers, strangers.explain(
        f"GET /proof/harbour+calendar/ under ASGI, of its {len(sent)} queries those outside of the "
        "request's own thread",
        expected="none there",
    )
