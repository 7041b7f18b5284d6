"""The letters page: the answer first, then the check."""

import pytest

from dojo.instruments.connections import Connections
from dojo.instruments.rendezvous import settle
from katas.k506_background_work import views
from tests.k506_background_work.conftest import Log
from tests.k506_background_work.site import VERDICT, Site, open_site, verdicts
from tests.k506_background_work.work import drain, outcome, soon

pytestmark = [
    pytest.mark.urls("katas.k506_background_work.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
]


@pytest.mark.task(5)
async def test_answers_before_the_check(site: Site) -> None:
    """The answer is a 202 with the letter's key, and comes before the verdict."""
    async with open_site(site):
        answer = await site.post()
        stored = await verdicts()

    assert answer.status == 202, f"{answer}; expected 202."
    assert stored == {answer.content.get("letter"): ""}, (
        f"{answer} with {answer.content}, while the checker takes its time; verdicts by key: "
        f"{stored}; expected the letter, without a verdict yet."
    )


@pytest.mark.task(5)
async def test_the_letter_is_checked(site: Site, log: Log) -> None:
    """Behind the answer, the letter is read once, and its verdict stored."""
    async with open_site(site):
        answer = await site.post("Four lanes.")
        site.checker.let()
        await settle()

    texts, stored = [text for text, _ in site.checker.texts], list((await verdicts()).values())
    if log.about("Letter matching query does not exist"):
        pytest.fail(
            f"{answer}; the job ran before the commit and found no letter. Logged:{log}",
            pytrace=False,
        )
    assert texts == ["Four lanes."], (
        f"{answer}; the checker has been given {texts}; expected ['Four lanes.']. Logged:{log}"
    )
    assert stored == [VERDICT], (
        f"{answer}, and the checker has read it; verdicts: {stored}; expected ['{VERDICT}']. "
        f"Logged:{log}"
    )


@pytest.mark.task(5)
async def test_is_checked_for_its_request(site: Site) -> None:
    """Of two letters, each is checked under the id of its own request."""
    async with open_site(site):
        answers = [await site.post("one"), await site.post("two")]

    expected = dict(zip(("one", "two"), (answer.request_id for answer in answers), strict=True))
    assert dict(site.checker.texts) == expected, (
        f"two letters; request_id when they were read: {dict(site.checker.texts)}; "
        f"expected {expected}."
    )


@pytest.mark.task(5)
async def test_the_shutdown_waits_for_the_check(site: Site) -> None:
    """`views.jobs.drain()` returns when the letter is checked."""
    async with open_site(site):
        answer = await site.post()
        draining = drain(views.jobs)
        await settle()
        early = outcome(draining)
        site.checker.let()
        await soon(draining)
        stored = list((await verdicts()).values())

    assert early == "has not returned", (
        f"{answer}; views.jobs.drain(), while the letter is checked: it {early}; "
        "expected it to wait."
    )
    assert stored == [VERDICT], (
        f"{answer}; after views.jobs.drain() the verdicts are {stored}; expected ['{VERDICT}']."
    )


@pytest.mark.task(5)
async def test_no_connection_stays_open(site: Site, connections_opened: Connections) -> None:
    """After the check of a letter, all connections of request and job are closed."""
    with connections_opened.during() as opened:
        async with open_site(site):
            answer = await site.post()

    assert not opened.open, opened.open.explain(
        f"{answer}; after drain()", expected="no open connection", task=5
    )
