"""On the thread of a running loop, `load` refuses at once, and says what to write instead."""

import asyncio

import pytest
from django.core.exceptions import SynchronousOnlyOperation

from dojo.instruments import learner
from dojo.instruments.orm_guard import Queries
from katas.k405_no_deadlock_bridge.bridge import load
from tests.k405_no_deadlock_bridge.asking import DeskCall

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("file")]


def refused() -> str:
    """Return what `load` says when it raises on this loop's thread."""
    try:
        returned: object = load("calendar")
    except (RuntimeError, SynchronousOnlyOperation) as error:
        if isinstance(error, NotImplementedError):
            raise
        # Not the error: it would keep alive what `load` has begun.
        return f"{type(error).__name__}: {error}"
    except Exception as error:
        pytest.fail(
            f"load('calendar') on a running loop raised {learner.told(error)}\nExpected "
            "RuntimeError or SynchronousOnlyOperation.",
            pytrace=False,
        )
    kind = type(returned).__name__
    if asyncio.iscoroutine(returned):
        returned.close()
    pytest.fail(
        f"load('calendar') on a running loop returned a {kind}; expected RuntimeError or "
        "SynchronousOnlyOperation.",
        pytrace=False,
    )


async def refusal(where: str = "a coroutine") -> str:
    """Return what `load` says there, on the thread of a loop that runs."""

    async def coroutine() -> str:
        return refused()

    if where == "another thread's loop":
        return await asyncio.to_thread(asyncio.run, coroutine())
    if where == "a coroutine":
        return await coroutine()
    told: asyncio.Future[str] = asyncio.Future()

    def callback() -> None:
        try:
            told.set_result(refused())
        except BaseException as failure:
            told.set_exception(failure)

    asyncio.get_running_loop().call_soon(callback)
    return await told


@pytest.mark.task(5)
async def test_refuses_the_loops_own_thread(quoting: str) -> None:
    """In async code, `load` raises RuntimeError or SynchronousOnlyOperation."""
    await refusal()


@pytest.mark.task(5)
@pytest.mark.parametrize("where", ["a coroutine", "a callback", "another thread's loop"])
async def test_says_what_to_write_instead(quoting: str, where: str) -> None:
    """The message says `await aload`: in a coroutine, a callback, a loop of another thread."""
    told = await refusal(where)

    assert "await aload" in told, (
        f"load('calendar') in {where} raised {told}\nExpected a message that says `await aload`."
    )


@pytest.mark.task(5)
async def test_does_nothing_before_it_refuses(
    quoting: str, queries: Queries, desk_calls: list[DeskCall]
) -> None:
    """The refusal comes first: no query, no call of a desk, no coroutine that nobody awaits."""
    with queries.during() as sent:
        await refusal()
        # What was only started gets its turn.
        await asyncio.sleep(1)

    seen = (len(sent), len(desk_calls))
    assert seen == (0, 0), (
        f"load('calendar') on a running loop: (queries, calls of the desk) {seen}; expected (0, 0)."
    )
