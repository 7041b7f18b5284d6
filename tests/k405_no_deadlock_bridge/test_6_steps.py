"""The steps of a sync iterable: when each is taken, and on which thread."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence

import httpx
import pytest
from asgiref.sync import sync_to_async

from dojo.instruments.orm_guard import Queries
from katas.k405_no_deadlock_bridge.bridge import each
from tests.k405_no_deadlock_bridge.asking import ask, in_time, noting_the_requests_thread
from tests.k405_no_deadlock_bridge.reading import gathered, whereabouts

pytestmark = [
    pytest.mark.urls("katas.k405_no_deadlock_bridge.urls"),
    pytest.mark.database("file"),
]

Step = Callable[[int], int]


def generator(step: Step) -> Iterator[int]:
    """Take a step for each of nine pages."""
    for number in range(1, 10):
        yield step(number)


def mapped(step: Step) -> Iterator[int]:
    """Take the same steps, not in a generator."""
    return map(step, range(1, 10))


class Pages(Sequence[int]):
    """Know how many pages there are, and make each when it is asked for."""

    def __init__(self, step: Step) -> None:
        self.step = step

    def __len__(self) -> int:
        return 9

    def __getitem__(self, index: int) -> int:  # type: ignore[override]
        if not 0 <= index < 9:
            raise IndexError(index)
        return self.step(index + 1)


@pytest.mark.task(6)
@pytest.mark.parametrize("pages", [generator, mapped, Pages], ids=["generator", "map", "sequence"])
async def test_takes_a_step_when_it_is_asked_to(pages: Callable[[Step], Iterable[int]]) -> None:
    """No step is taken before its item is asked for, and each on the thread of the sync code."""
    where = await whereabouts()
    steps: list[tuple[int, str]] = []

    def step(number: int) -> int:
        steps.append((number, where()))
        return number

    async def two() -> None:
        reader = aiter(each(pages(step)))
        await anext(reader)
        await anext(reader)
        await asyncio.sleep(1)
        # Whether it has one is for another test.
        if close := getattr(reader, "aclose", None):
            await close()

    await in_time("two steps of each(pages)", two())

    expected = [(1, "sync"), (2, "sync")]
    assert steps == expected, (
        f"each(pages), asked for two items, took the steps (number, whose thread) {steps!r}; "
        f"expected {expected!r}."
    )


@pytest.mark.task(6)
async def test_leaves_the_thread_alone_between_steps() -> None:
    """Between two steps the reader may run sync code of its own, such as a query."""
    own: list[str] = []

    async def read() -> None:
        async for item in each(iter("ab")):
            own.append(await sync_to_async(str.upper)(item))

    await in_time("async for … in each(iter('ab')), with sync_to_async(…) for each item", read())

    assert own == ["A", "B"], (
        f"sync_to_async(str.upper) for each item of each(iter('ab')) gave {own!r}; "
        "expected ['A', 'B']."
    )


@pytest.mark.task(6)
async def test_begins_where_sync_code_runs() -> None:
    """`__iter__` is code of the iterable: it runs on the thread of the sync code."""
    where = await whereabouts()
    began: list[str] = []

    class Shelf:
        def __iter__(self) -> Iterator[int]:
            began.append(where())
            return iter([1])

    await gathered("shelf", Shelf())

    assert began == ["sync"], (
        f"each(shelf) called `__iter__` on the threads {began!r}; expected ['sync'], once, on the "
        "thread of the sync code."
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
