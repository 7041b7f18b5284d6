"""Once: however often the button is pressed, by however many, on however many servers."""

import json
from datetime import datetime

import pytest
from asgiref.sync import sync_to_async

from dojo.instruments.gates import ReadGate
from katas.k401_publish_island.models import AuditEntry
from katas.newsroom.models import Article
from tests.k401_publish_island.another_server import (
    Elsewhere,
    Interruption,
    correct_the_title,
    publish,
)
from tests.k401_publish_island.newsroom import (
    NOVEMBER,
    PUBLISHED,
    SLUG,
    SUITE,
    URL,
    Answer,
    Press,
    State,
    committed,
    same_time,
)

pytestmark = SUITE

# More than an answer needs; the tests below end when the view sends no further query.
MOST_QUERIES = 20


@pytest.mark.task(3)
@pytest.mark.parametrize("time", [NOVEMBER, None])
async def test_a_second_time_changes_nothing(
    draft: Article, press: Press, time: datetime | None
) -> None:
    """To publish what is published answers 200, keeps its time, or none, and adds no entry."""
    await press()
    await Article.objects.aupdate(published_at=time)

    answer = await press()

    assert answer.status == 200, (
        f"{answer} for an article published at {time}; expected 200.{answer.cause}"
    )
    told = json.loads(answer.content)["published_at"] if time is None else answer.published_at()
    assert told == time, (
        f"{answer} with {answer.content.decode()} for an article published at {time}; "
        f"expected {'that time' if time else 'null'}."
    )
    stored = (await Article.objects.aget()).published_at
    entries = await AuditEntry.objects.acount()
    assert (stored, entries) == (time, 1), (
        f"POST {URL} twice left published_at {stored} and {entries} entries; "
        f"expected {time}, the first time, and 1."
    )


@pytest.mark.task(3)
async def test_a_withdrawn_article_keeps_its_first_time(draft: Article, press: Press) -> None:
    """A draft that was published before keeps its first time, and has one more entry."""
    await Article.objects.aupdate(published_at=NOVEMBER)
    await AuditEntry.objects.acreate(slug=SLUG, action="published")

    answer = await press()

    assert answer.status == 200, f"{answer}; expected 200.{answer.cause}"
    state = await sync_to_async(committed)()
    again = State("published", 2)
    stored = (await Article.objects.aget()).published_at
    assert (state, stored) == (again, NOVEMBER), (
        f"{answer} for a draft that was published at {NOVEMBER} and withdrawn, and left {state} "
        f"and published_at {stored}; expected {again} and {NOVEMBER}."
    )


def back_to_draft() -> None:
    """Make the article a draft that nobody has published yet."""
    Article.objects.update(title="The bridge opens", status="draft", published_at=None)
    AuditEntry.objects.all().delete()


@pytest.mark.task(3)
async def test_two_servers_publish_once(
    draft: Article, press: Press, elsewhere: Elsewhere, read_gate: type[ReadGate]
) -> None:
    """If another server publishes the article between two queries, there is one entry."""
    for number in range(1, MOST_QUERIES):
        await sync_to_async(back_to_draft)()
        moment = Interruption(number)
        other = elsewhere(publish)
        answer, _ = await moment.race(press(), other, gate=read_gate)

        await check_published_once(answer, moment.told("to publish it"))
        if not moment.query:
            break


@pytest.mark.task(3)
async def test_waits_for_another_server(
    draft: Article, press: Press, elsewhere: Elsewhere, read_gate: type[ReadGate]
) -> None:
    """If another server has locked the article to publish it, the request waits, and succeeds."""
    other = elsewhere(publish)
    _, answer = await Interruption(2).race(other, press(), gate=read_gate)

    await check_published_once(
        answer, "another server had locked the article, and was about to publish it"
    )


async def check_published_once(answer: Answer, facts: str) -> None:
    """Fail if the article was not published once, or the answer tells something else."""
    __tracebackhide__ = True
    state = await sync_to_async(committed)()
    why = "had read it as a draft before, or did not wait for the lock"
    assert (answer.status, state) == (200, PUBLISHED), (
        f"{answer.request}: {facts}.\nAnswered {answer.status} and left {state}; expected 200 and "
        f"{PUBLISHED}.{f' The view {why}.' if state.entries > 1 else ''}{answer.cause}"
    )
    told, stored = answer.published_at(), (await Article.objects.aget()).published_at
    assert same_time(told, stored), (
        f"{answer.request}: {facts}.\nAnswered published_at {told}; expected {stored}, as stored."
    )


@pytest.mark.task(3)
async def test_a_correction_meanwhile_is_kept(
    draft: Article, press: Press, elsewhere: Elsewhere, read_gate: type[ReadGate]
) -> None:
    """A title that is corrected between two queries of the view stays corrected."""
    for number in range(1, MOST_QUERIES):
        await sync_to_async(back_to_draft)()
        moment = Interruption(number)
        other = elsewhere(correct_the_title)
        answer, _ = await moment.race(press(), other, gate=read_gate)

        article = await Article.objects.aget()
        assert (article.title, article.status) == ("The bridge is open", "published"), (
            f"{answer.request}: {moment.told('to correct the title')}.\nAnswered {answer.status} "
            f"and left title {article.title!r}, status {article.status!r}; expected 200, "
            f"'The bridge is open' and 'published'.{answer.cause}"
        )
        if not moment.query:
            break
