"""Both or neither: when a write fails, and when somebody looks meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import DatabaseError, IntegrityError
from django.db.models import Model

from dojo.instruments import statements
from dojo.instruments.gates import WriteFailed
from dojo.instruments.orm_guard import Queries
from katas.k401_publish_island.models import AuditEntry
from katas.newsroom.models import Article
from tests.k401_publish_island.moments import is_write
from tests.k401_publish_island.newsroom import (
    DRAFT,
    PUBLISHED,
    SUITE,
    Press,
    State,
    committed,
)

pytestmark = SUITE

TABLES = pytest.mark.parametrize("table", [Article, AuditEntry])


def told_writes(sent: Queries) -> str:
    """List the writes that were sent, and whether each was in a transaction."""
    return "".join(
        f"\n  {statements.verb(query.sql)} {'in a' if query.in_atomic else 'outside of any'} "
        f"transaction, thread {query.thread}" + (f", at {query.spot}" if query.spot else "")
        for query in sent
        if is_write(query.sql)
    )


@pytest.mark.task(2)
@TABLES
async def test_a_failed_write_leaves_nothing(
    draft: Article,
    press: Press,
    fail_nth_write: Callable[..., Any],
    queries: Queries,
    table: type[Model],
) -> None:
    """If the article or its entry in the log can't be written, neither of the two is."""
    with fail_nth_write(1, table) as failing, queries.during() as sent:
        answer = await press()

    assert failing.failed, (
        f"{answer}, and wrote nothing to {table.__name__}; expected it to.{answer.cause}"
    )
    state = await sync_to_async(committed)()
    assert state == DRAFT, (
        f"{answer}; the write to {table.__name__} had failed, and the database has {state}; "
        f"expected {DRAFT}. Written before:{told_writes(sent) or ' nothing'}"
    )


# The first is an OperationalError, which a database raises that is locked, full or gone.
@pytest.mark.task(2)
@TABLES
@pytest.mark.parametrize("error", [WriteFailed, IntegrityError])
async def test_a_failed_write_is_an_error(
    draft: Article,
    press: Press,
    fail_nth_write: Callable[..., Any],
    table: type[Model],
    error: type[DatabaseError],
) -> None:
    """If one of the writes fails, the answer is an error 500, and neither 200 nor 404."""
    with fail_nth_write(1, table, error) as failing:
        answer = await press()
        early = "" if failing.failed else ", and had not sent that write by then"

    assert answer.status == 500, (
        f"{answer.request}, when the write to {table.__name__} fails, answered {answer.status}"
        f"{early}; expected an error 500. The write raised {error.__name__}."
    )


@pytest.mark.task(2)
@TABLES
async def test_can_be_tried_again(
    draft: Article, press: Press, fail_nth_write: Callable[..., Any], table: type[Model]
) -> None:
    """After a failure, the next attempt publishes and records."""
    with fail_nth_write(1, table):
        await press()
    before = await sync_to_async(committed)()
    again = await press()

    state = await sync_to_async(committed)()
    half = "" if before == DRAFT else f" (the first attempt had left {before})"
    assert (again.status, state) == (200, PUBLISHED), (
        f"{again.request}, after an attempt at which the write to {table.__name__} failed, "
        f"answered {again.status} and left {state}{half}; expected 200 and {PUBLISHED}."
        f"{again.cause}"
    )


@pytest.mark.task(2)
async def test_nobody_sees_half_of_it(draft: Article, press: Press) -> None:
    """Who looks between the writes sees a draft without an entry, or both changes."""
    seen: list[tuple[str, State]] = []

    def look(execute: statements.Execute, sql: str, *args: Any) -> Any:
        if not is_write(sql):
            return execute(sql, *args)
        verb = statements.verb(sql)
        seen.append((f"before the {verb}", committed()))
        result = execute(sql, *args)
        seen.append((f"after the {verb}", committed()))
        return result

    with statements.wrapped(look):
        answer = await press()

    halves = [f"{when}: {state}" for when, state in seen if state not in (DRAFT, PUBLISHED)]
    assert not halves, (
        f"{answer}; from another connection one could see, {halves[0]}; "
        f"expected {DRAFT} or {PUBLISHED} at any time."
    )
    assert seen, f"{answer}, and wrote nothing; expected it to publish.{answer.cause}"
