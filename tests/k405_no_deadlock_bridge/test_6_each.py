"""The other way: async code that goes through a sync iterable: its items, its end, its errors."""

from collections.abc import Iterator
from unittest.mock import ANY

import pytest

from dojo.instruments.orm_guard import Queries
from katas.k405_no_deadlock_bridge.bridge import each
from katas.newsroom.models import Article
from tests.k405_no_deadlock_bridge.asking import in_time
from tests.k405_no_deadlock_bridge.conftest import QUOTES
from tests.k405_no_deadlock_bridge.reading import gathered, sync_thread

pytestmark = pytest.mark.database("file")

# Those that are false, and those that are taken for something else: ANY is equal to all others.
ODD = [0, None, "", False, ..., NotImplemented, StopIteration, StopIteration(), ANY, "last"]


@pytest.mark.task(6)
async def test_ends_after_the_last_item() -> None:
    """All items come, in order, and then the loop ends."""
    came = await gathered("iter('abc')", iter("abc"))

    assert came == list("abc"), f"each(iter('abc')) gave {came!r}; expected {list('abc')!r}."


@pytest.mark.task(6)
@pytest.mark.parametrize("items", [[], ODD], ids=["none", "odd ones"])
async def test_any_item_may_come(items: list[object]) -> None:
    """No item at all, and items that are false, None or equal to all others, come as they are."""
    came = await gathered(repr(items), items)

    assert list(map(id, came)) == list(map(id, items)), (
        f"each({items!r}) gave {came!r}; expected {items!r}."
    )


@pytest.mark.task(6)
@pytest.mark.django_db(transaction=True)
async def test_a_queryset_is_an_iterable(quoting: str, queries: Queries) -> None:
    """A queryset can be gone through, which sends its query on the thread of the sync code."""
    own = await sync_thread()

    with queries.during() as sent:
        came = await gathered(
            "a queryset", Article.objects.order_by("pk").values_list("slug", flat=True)
        )

    strangers = Queries(query for query in sent if query.thread_id != own)
    assert not strangers, strangers.explain(
        "each(a queryset), of its queries those outside of the thread of the sync code, to which "
        "the connection belongs",
        expected="none there",
    )
    assert came == list(QUOTES), f"each(a queryset) gave {came!r}; expected {list(QUOTES)!r}."


@pytest.mark.task(6)
@pytest.mark.parametrize(
    "error",
    [
        LookupError("no such page"),
        RuntimeError("out of paper"),
        # What Python makes of `next(iter(()))` in a generator: a bug there, and no end.
        RuntimeError("generator raised StopIteration"),
    ],
    ids=["LookupError", "RuntimeError", "bug in a generator"],
)
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
