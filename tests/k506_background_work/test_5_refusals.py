"""Letters that are not filed: no job, and an answer that says whose fault it is."""

import pytest
from django.db import IntegrityError, OperationalError

from dojo.instruments.orm_guard import Queries
from dojo.instruments.rendezvous import settle
from katas.k506_background_work.models import Letter
from tests.k506_background_work.conftest import Log
from tests.k506_background_work.filing import filing_raises
from tests.k506_background_work.site import UNUSED_KEY, Site, open_site, verdicts

pytestmark = [
    pytest.mark.urls("katas.k506_background_work.urls"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
]


@pytest.mark.task(5)
async def test_an_unknown_article_is_refused(site: Site) -> None:
    """A letter about an article that does not exist gets a 409, and is not stored."""
    async with open_site(site):
        answer = await site.post(article=UNUSED_KEY)

    assert answer.status == 409, f"{answer}, about an unknown article; expected 409."
    assert not await verdicts(), f"{answer}; a letter is stored; expected none."


@pytest.mark.task(5)
async def test_nothing_starts_before_the_commit(site: Site, queries: Queries, log: Log) -> None:
    """No job is started for a letter whose commit is refused."""
    async with open_site(site):
        with queries.during() as mine:
            answer = await site.post(article=UNUSED_KEY)
            site.checker.let()
            await settle()

    assert answer.status == 409, f"{answer}, about an unknown article; expected 409."
    looked = mine.matching("select", Letter._meta.db_table)
    assert not looked, (
        f"{answer}, about an unknown article, which shows at the commit: a check was started all "
        f"the same, and looked for the letter; expected none. Logged:{log}"
    )
    assert not site.jobs.names, (
        f"{answer}, about an unknown article; jobs that were started all the same: "
        f"{site.jobs.names}; expected none."
    )


@pytest.mark.task(5)
async def test_tells_a_refusal_from_a_failure(site: Site) -> None:
    """IntegrityError is a 409 for a known article, too; another error is no 409."""
    async with open_site(site):
        with filing_raises(IntegrityError("the article is being deleted")):
            refused = await site.post()
        with filing_raises(OperationalError("the disk is full")):
            broken = await site.post()

    assert refused.status == 409, (
        f"{refused}, when filing raised IntegrityError, about an article that exists; expected 409."
    )
    assert (broken.status, bool(broken.raised)) == (500, True), (
        f"{broken}, when filing raised OperationalError('the disk is full'); expected the view to "
        "raise it (Django makes a 500 of it)."
    )
    assert not site.jobs.names, (
        f"filing raised IntegrityError, then OperationalError; jobs that were started all the "
        f"same: {site.jobs.names}; expected none."
    )


@pytest.mark.task(5)
async def test_other_methods_are_refused(site: Site) -> None:
    """GET gets a 405."""
    answer = await site.ask("GET")
    assert answer.status == 405, f"{answer}; expected 405."
