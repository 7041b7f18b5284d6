"""Filing: both writes at once, off the loop, and an answer that says so."""

import threading

import httpx
import pytest
from asgiref.sync import sync_to_async

from dojo.instruments.orm_guard import Queries
from tests.k403_after_commit.agencies import ALL, NOTHING, REFERENCE, LookingAgencies, check, stored
from tests.k403_after_commit.desk import URL, Post
from tests.k403_after_commit.moments import others_first, watched

pytestmark = [
    pytest.mark.urls("katas.k403_after_commit.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
]


@pytest.mark.task(4)
async def test_files_the_correction(post: Post) -> None:
    """POST /corrections/ stores the correction, and prints it below its article alone."""
    answer = await post()

    left = await sync_to_async(stored)()
    check(f"{answer}; stored", left, ALL)


@pytest.mark.task(4)
async def test_files_by_file_correction(post: Post) -> None:
    """Both writes are made by `file_correction`, where the archive's rules are."""
    with watched() as by_it:
        answer = await post()

    assert by_it == {"INSERT": True, "UPDATE": True}, (
        f"{answer}; writes, and whether file_correction made them: {by_it}; "
        "expected an INSERT and an UPDATE, both made by it."
    )


@pytest.mark.task(4)
async def test_nobody_sees_half_of_it(post: Post) -> None:
    """Between the two writes, another connection finds neither."""
    async with others_first() as found:
        answer = await post()

    assert found, f"{answer}; no article was changed; expected file_correction to be called."
    check(
        f"{answer}; between the two writes, another connection found",
        found[0],
        NOTHING,
        why=": one transaction shows both at its commit",
    )


@pytest.mark.task(4)
async def test_answers_with_the_reference(post: Post) -> None:
    """The answer is a 201, and names the correction's reference."""
    answer = await post()

    assert answer.status == 201, f"{answer}; expected 201."
    named = answer.content.get("reference", "<missing>")
    assert named == REFERENCE, f"{answer}: reference {named!r}; expected {REFERENCE!r}."


@pytest.mark.task(4)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_only_post_files(
    newsroom: dict[str, int], agencies: LookingAgencies, asgi_client: httpx.AsyncClient, method: str
) -> None:
    """Any other method answers 405, stores nothing and announces nothing."""
    status = (await asgi_client.request(method, URL)).status_code

    left = await sync_to_async(stored)()
    assert (status, left, agencies.told) == (405, NOTHING, []), (
        f"{method} {URL} answered {status}; stored: {left}; announced: {agencies.told}; "
        "expected 405, and nothing stored or announced."
    )


@pytest.mark.task(4)
async def test_stays_off_the_loop(post: Post, queries: Queries) -> None:
    """No query runs on the event loop's thread."""
    with queries.during() as sent:
        answer = await post()

    assert answer.status == 201, f"{answer}; expected 201."
    # By the thread itself: "is a loop running?" is a question that code can answer falsely.
    here = Queries(query for query in sent if query.thread_id == threading.get_ident())
    assert not here, here.explain(
        f"POST {URL}, queries on the event loop's thread", expected="none"
    )
