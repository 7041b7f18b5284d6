"""Announcing: once, of what is committed, on the server's loop, and over when the answer comes."""

import pytest

from dojo.instruments.clock import Clock
from tests.k403_after_commit.agencies import ALL, REFERENCE, SEND_S, LookingAgencies, Receipt, check
from tests.k403_after_commit.desk import SECOND, Answer, Post, post_two
from tests.k403_after_commit.moments import others_first

pytestmark = [
    pytest.mark.urls("katas.k403_after_commit.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
]


NEVER = (
    "A coroutine runs only if somebody awaits it, and on_commit drops what its callback returns."
)


def received(agencies: LookingAgencies, answer: Answer) -> list[Receipt]:
    """Return what the agencies got; fail if that is nothing."""
    receipts = agencies.receipts
    assert receipts, f"{answer}; announced: nothing; expected '{REFERENCE}'. ({NEVER})"
    return receipts


@pytest.mark.task(1)
async def test_announces_each_correction_once(post: Post, agencies: LookingAgencies) -> None:
    """Each correction is announced exactly once, under its own reference."""
    first = await post()
    second = await post(SECOND, article="lake")

    told = agencies.told
    assert told == [REFERENCE, SECOND], (
        f"{first}, then {second}; announced: {told}; expected ['{REFERENCE}', '{SECOND}']."
        + (f" ({NEVER})" if not told else "")
    )


@pytest.mark.task(1)
async def test_two_at_once_do_not_wait_for_each_other(
    post: Post, agencies: LookingAgencies, clock: Clock
) -> None:
    """Two that are announced at the same time, in 0.2 s and 0.3 s, take 0.3 s together."""
    agencies.takes[SECOND] = 0.3
    clock.restart()
    first, second = await post_two(post, agencies)

    took = float(clock.elapsed)
    assert took == 0.3, (
        f"{first}; '{SECOND}', which takes 0.3 s, filed while '{REFERENCE}' was being announced, "
        f"which takes {SEND_S} s: {second}; both were there after {took:g} s; expected 0.3 s: "
        "neither waits for the other's announcement."
    )


@pytest.mark.task(1)
async def test_two_at_once_are_announced_once_each(post: Post, agencies: LookingAgencies) -> None:
    """What is filed while another correction is being announced does not announce that again."""
    first, second = await post_two(post, agencies)

    told = agencies.told
    assert told == [REFERENCE, SECOND], (
        f"{first}; '{SECOND}' filed while '{REFERENCE}' was being announced: {second}; "
        f"announced: {told}; expected ['{REFERENCE}', '{SECOND}']."
    )


@pytest.mark.task(1)
async def test_announces_what_is_committed(post: Post, agencies: LookingAgencies) -> None:
    """Whoever is told finds the correction, and the article with it, on another connection."""
    async with others_first():
        answer = await post()

    for receipt in received(agencies, answer):
        check(
            f"{answer}; when it was announced, another connection found",
            receipt.seen,
            ALL,
            why=": first the commit, then the announcement",
        )


@pytest.mark.task(1)
async def test_the_answer_waits_for_the_announcement(post: Post, agencies: LookingAgencies) -> None:
    """The announcement takes 0.2 s, and has ended when the answer comes."""
    answer = await post()

    ended = [receipt.ended for receipt in received(agencies, answer)]
    assert all(ended), (
        f"{answer} while the announcement, which takes {SEND_S} s, was still under way; "
        "expected it to be awaited: a task left to itself may never end."
    )


@pytest.mark.task(1)
async def test_announces_on_the_servers_loop(post: Post, agencies: LookingAgencies) -> None:
    """The announcement runs on the server's own event loop."""
    answer = await post()

    there = [receipt.on_the_servers_loop for receipt in received(agencies, answer)]
    assert all(there), (
        f"{answer}; the announcement ran on another event loop than the server's; expected the "
        "server's, which the connections to the agencies belong to."
    )


@pytest.mark.task(1)
async def test_says_that_it_is_announced(post: Post) -> None:
    """The answer has `announced` true."""
    answer = await post()

    said = answer.content.get("announced", "<missing>")
    assert said is True, f"{answer}: announced {said!r}; expected True."
