"""What is refused, and what fails: nothing of it stays, and nobody is told."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import pytest
from asgiref.sync import sync_to_async

from dojo.instruments.gates import WriteFailed
from katas.k403_after_commit.models import Correction
from katas.newsroom.models import Article
from tests.k403_after_commit.agencies import (
    NOTHING,
    REFERENCE,
    TEXT,
    LookingAgencies,
    Stored,
    check,
    stored,
)
from tests.k403_after_commit.desk import Answer, Post
from tests.k403_after_commit.moments import abandoned, overtaken

pytestmark = [
    pytest.mark.urls("katas.k403_after_commit.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
]

TAKEN, OVERTAKEN = "a reference that is taken", "a reference that is taken at the last moment"
DRAFT, STRANGER = "an article that is a draft", "an editor who does not exist"
LEAVING = "an editor who is deleted at the last moment"
FAILING = "a write to the article that fails"

AT_THE_COMMIT = " (the IntegrityError comes out of the commit)"
NOTHING_STAYS = ": an error that does not pass through `atomic` rolls nothing back"

# What is stored then: the one that has the reference stays.
LEFT = {TAKEN: Stored((REFERENCE,)), DRAFT: NOTHING, STRANGER: NOTHING}


class Refuse(Protocol):
    """Files what is to be refused: ``await refuse("an article that is a draft")``."""

    async def __call__(self, what: str) -> Answer:
        """Return the answer."""


@pytest.fixture
def refuse(post: Post, newsroom: dict[str, int]) -> Refuse:
    """Return a function that files a correction which the database or the archive refuses."""

    async def file(what: str) -> Answer:
        if what == TAKEN:
            keys = {"article_id": newsroom["bridge"], "editor_id": newsroom["Ida"]}
            await Correction.objects.acreate(reference=REFERENCE, text=TEXT, **keys)
        moments = {OVERTAKEN: overtaken, LEAVING: abandoned}
        moment: AbstractContextManager[None] = moments.get(what, nullcontext)()
        with moment:
            return await post(
                article={DRAFT: "draft"}.get(what, "lake"),
                editor={STRANGER: "Nobody"}.get(what, "Ida"),
            )

    return file


@pytest.mark.task(2)
@pytest.mark.parametrize("what", [TAKEN, OVERTAKEN, DRAFT, STRANGER, LEAVING])
async def test_what_is_refused_answers_409(refuse: Refuse, what: str) -> None:
    """An IntegrityError, at a write or at the commit, and NotPublished answer 409."""
    answer = await refuse(what)

    source = AT_THE_COMMIT if what in (STRANGER, LEAVING) else ""
    assert answer.status == 409, f"with {what}{source}, {answer}; expected 409."


@pytest.mark.task(2)
@pytest.mark.parametrize("what", LEFT)
async def test_what_is_refused_leaves_nothing(refuse: Refuse, what: str) -> None:
    """What is refused leaves neither a row nor a changed article."""
    answer = await refuse(what)

    left = await sync_to_async(stored)()
    check(f"with {what}, {answer}; stored", left, LEFT[what], why=NOTHING_STAYS)


@pytest.mark.task(2)
@pytest.mark.parametrize("what", LEFT)
async def test_what_is_refused_is_not_announced(
    refuse: Refuse, agencies: LookingAgencies, what: str
) -> None:
    """What is refused is announced to nobody, not even before it is rolled back."""
    answer = await refuse(what)

    assert agencies.told == [], (
        f"with {what}, {answer}; announced: {agencies.told}; expected nothing."
    )


@pytest.fixture
def error() -> type[Exception]:
    """What the failing write raises, unless a test chooses something else."""
    return WriteFailed


@pytest.fixture
def failing(post: Post, fail_nth_write: Callable[..., Any], error: type[Exception]) -> Post:
    """Return a function that files a correction; the database fails its write to the article."""

    async def send(*args: Any, **kwargs: Any) -> Answer:
        with fail_nth_write(1, Article, error):
            return await post(*args, **kwargs)

    return send


# The second as from a driver that is given a text which it can't send.
@pytest.mark.task(2)
@pytest.mark.parametrize("error", [WriteFailed, ValueError])
async def test_another_error_is_an_error(failing: Post, error: type[Exception]) -> None:
    """If the write to the article fails, its error comes out of the view, as a 500."""
    answer = await failing()

    assert (answer.status, bool(answer.raised)) == (500, True), (
        f"with {FAILING}, {answer}; expected the error to come out of the view, as a 500. "
        f"The write raised {error.__name__}."
    )


@pytest.mark.task(2)
async def test_a_failed_write_leaves_nothing(failing: Post) -> None:
    """If the write to the article fails, that of the correction is undone."""
    answer = await failing()

    left = await sync_to_async(stored)()
    check(f"with {FAILING}, {answer}; stored", left, NOTHING, why=NOTHING_STAYS)


@pytest.mark.task(2)
async def test_a_failed_write_is_not_announced(failing: Post, agencies: LookingAgencies) -> None:
    """If the write to the article fails, nobody is told, not even before the rollback."""
    answer = await failing()

    assert agencies.told == [], (
        f"with {FAILING}, {answer}; announced: {agencies.told}; expected nothing."
    )
