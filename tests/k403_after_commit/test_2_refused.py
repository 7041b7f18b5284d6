"""What is refused, and what fails: nothing of it stays, and nobody is told."""

from collections.abc import Callable
from typing import Any, Protocol

import pytest
from asgiref.sync import sync_to_async

from katas.k403_after_commit.models import Correction
from katas.newsroom.models import Article
from tests.k403_after_commit.desk import (
    ALL,
    NOTHING,
    REFERENCE,
    TEXT,
    Answer,
    LookingAgencies,
    Post,
    Stored,
    rival,
    stored,
)

pytestmark = [
    pytest.mark.urls("katas.k403_after_commit.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("rowlock"),
]

TAKEN, OVERTAKEN = "a reference that is taken", "a reference that is taken at the last moment"
DRAFT, STRANGER = "an article that is a draft", "an editor who does not exist"
refusals = pytest.mark.parametrize("what", [TAKEN, OVERTAKEN, DRAFT, STRANGER])

# One that came first stays. The rival's article would be changed by its own request.
LEFT = {TAKEN: ALL, OVERTAKEN: Stored((REFERENCE,)), DRAFT: NOTHING, STRANGER: NOTHING}


class Refuse(Protocol):
    """Files what is to be refused: ``await refuse("an article that is a draft")``."""

    async def __call__(self, what: str) -> Answer:
        """Return the answer."""


@pytest.fixture
def refuse(post: Post, newsroom: dict[str, int], agencies: LookingAgencies) -> Refuse:
    """Return a function that files a correction which the database or the archive refuses."""

    async def file(what: str) -> Answer:
        if what == DRAFT:
            return await post(article="draft")
        if what == STRANGER:
            return await post(editor="Nobody")
        if what == OVERTAKEN:
            keys = {"article_id": newsroom["bridge"], "editor_id": newsroom["Ida"]}
            with rival(Correction(reference=REFERENCE, text=TEXT, **keys)):
                return await post(article="lake")
        first = await post()
        assert first.status == 201, f"{first}; expected 201."
        agencies.receipts.clear()
        return await post(article="lake")

    return file


@pytest.mark.task(2)
@refusals
async def test_what_is_refused_answers_409(refuse: Refuse, what: str) -> None:
    """An IntegrityError, at a write or at the commit, and NotPublished answer 409."""
    answer = await refuse(what)

    assert answer.status == 409, f"with {what}, {answer}; expected 409."


@pytest.mark.task(2)
@refusals
async def test_what_is_refused_leaves_nothing(refuse: Refuse, what: str) -> None:
    """What is refused leaves neither a row nor a changed article."""
    answer = await refuse(what)

    left, expected = await sync_to_async(stored)(), LEFT[what]
    assert left == expected, f"with {what}, {answer}; stored: {left}; expected {expected}."


@pytest.mark.task(2)
@refusals
async def test_what_is_refused_is_not_announced(
    refuse: Refuse, agencies: LookingAgencies, what: str
) -> None:
    """What is refused is announced to nobody, not even meanwhile."""
    answer = await refuse(what)

    assert agencies.told == [], (
        f"with {what}, {answer}; announced: {agencies.told}; expected nothing."
    )


@pytest.fixture
def failing(post: Post, fail_nth_write: Callable[..., Any]) -> Post:
    """Return a function that files a correction, whose second write the database fails."""

    async def send(*args: Any, **kwargs: Any) -> Answer:
        with fail_nth_write(1, Article):
            return await post(*args, **kwargs)

    return send


@pytest.mark.task(2)
async def test_another_error_is_an_error(failing: Post) -> None:
    """If the second write fails, the answer is an error 500."""
    answer = await failing()

    assert answer.status == 500, f"with a second write that fails, {answer}; expected 500."


@pytest.mark.task(2)
async def test_a_failed_write_leaves_nothing(failing: Post) -> None:
    """If the second write fails, the first one is undone."""
    answer = await failing()

    left = await sync_to_async(stored)()
    assert left == NOTHING, (
        f"with a second write that fails, {answer}; stored: {left}; expected {NOTHING}."
    )


@pytest.mark.task(2)
async def test_a_failed_write_is_not_announced(failing: Post, agencies: LookingAgencies) -> None:
    """If the second write fails, nobody is told, not even meanwhile."""
    answer = await failing()

    assert agencies.told == [], (
        f"with a second write that fails, {answer}; announced: {agencies.told}; expected nothing."
    )
