"""The agencies can't be reached: the correction stays, and the answer and the log say so."""

import logging

import pytest
from asgiref.sync import sync_to_async
from django.db import IntegrityError

from tests.k403_after_commit.agencies import ALL, REFERENCE, LookingAgencies, check, stored
from tests.k403_after_commit.desk import SECOND, Post, post_two

pytestmark = [
    pytest.mark.urls("katas.k403_after_commit.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
]


class WireDown(Exception):  # noqa: N818 - what the wire is
    """What the client of the agencies calls it."""


# The second is what is most often tried again.
KINDS = pytest.mark.parametrize("down", [ConnectionError, TimeoutError, WireDown], indirect=True)


@pytest.fixture
def down(request: pytest.FixtureRequest, agencies: LookingAgencies) -> Exception:
    """Let the announcement of c-17 fail, after 0.2 s."""
    kind: type[Exception] = getattr(request, "param", ConnectionError)
    error = kind("the wire is down")
    agencies.fails[REFERENCE] = error
    return error


@pytest.mark.task(3)
async def test_the_correction_stays(post: Post, down: Exception) -> None:
    """If the announcement fails, the correction stays where it is."""
    answer = await post()

    left = await sync_to_async(stored)()
    check(f"with agencies that raise {down!r}, {answer}; stored", left, ALL)


# The second as from a wire with a table of its own: it says nothing about the correction. The third
# as from a client that has a class for it.
@pytest.mark.task(3)
@pytest.mark.parametrize("down", [ConnectionError, IntegrityError, WireDown], indirect=True)
async def test_the_answer_is_no_error(post: Post, down: Exception) -> None:
    """If the announcement fails, the answer is a 201 with `announced` false."""
    answer = await post()

    assert answer.status == 201, f"with agencies that raise {down!r}, {answer}; expected 201."
    said = answer.content.get("announced", "<missing>")
    assert said is False, (
        f"with agencies that raise {down!r}, {answer}: announced {said!r}; expected False."
    )


@pytest.mark.task(3)
async def test_each_answer_is_about_its_own(
    post: Post, down: Exception, agencies: LookingAgencies
) -> None:
    """Of two at once, the announcement that fails makes `announced` false in its own answer."""
    agencies.takes[SECOND] = 0.3
    answers = await post_two(post, agencies)

    said = [answer.content.get("announced", "<missing>") for answer in answers]
    assert said == [False, True], (
        f"with agencies that raise {down!r} for '{REFERENCE}', {answers[0]}; '{SECOND}' filed "
        f"while '{REFERENCE}' was being announced: {answers[1]}; announced {said}; "
        "expected [False, True]."
    )


@pytest.mark.task(3)
@KINDS
async def test_the_failure_is_logged(
    post: Post, down: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """The announcement's error is logged at level ERROR, with its traceback."""
    answer = await post()

    logged = [
        logging.Formatter().format(record)
        for record in caplog.records
        if record.levelno >= logging.ERROR
    ]
    assert any("Traceback" in text and str(down) in text for text in logged), (
        f"with agencies that raise {down!r}, {answer}; logged at level ERROR: {logged}; "
        "expected a record with the traceback of that error."
    )


@pytest.mark.task(3)
@KINDS
async def test_is_announced_only_once(
    post: Post, down: Exception, agencies: LookingAgencies
) -> None:
    """If the announcement fails, it is not tried again."""
    answer = await post()

    assert agencies.told == [REFERENCE], (
        f"with agencies that raise {down!r}, {answer}; announced: {agencies.told}; expected "
        f"['{REFERENCE}']: half of them may have got it the first time."
    )
