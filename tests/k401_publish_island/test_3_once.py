"""Once: however often the button is pressed, by however many, on however many servers."""

import asyncio

import pytest
from asgiref.sync import sync_to_async

from dojo.instruments.gates import ReadGate
from katas.k401_publish_island.models import AuditEntry
from katas.newsroom.models import Article
from tests.k401_publish_island.moments import (
    correct_the_title,
    one_after_the_other,
    publish_elsewhere,
)
from tests.k401_publish_island.newsroom import (
    NOVEMBER,
    PUBLISHED,
    SLUG,
    SUITE,
    URL,
    Press,
    State,
    committed,
    same_time,
)

pytestmark = SUITE


@pytest.mark.task(3)
async def test_a_second_time_changes_nothing(draft: Article, press: Press) -> None:
    """To publish what is published answers 200, keeps its time, and adds no entry."""
    await press()
    await Article.objects.aupdate(published_at=NOVEMBER)

    answer = await press()

    assert answer.published_at() == NOVEMBER, (
        f"{answer} with {answer.content.decode()} for an article published at {NOVEMBER}; "
        "expected that time."
    )
    stored = (await Article.objects.aget()).published_at
    entries = await AuditEntry.objects.acount()
    assert (stored, entries) == (NOVEMBER, 1), (
        f"POST {URL} twice left published_at {stored} and {entries} entries; "
        f"expected {NOVEMBER}, the first time, and 1."
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


@pytest.mark.task(3)
@pytest.mark.parametrize("leader", ["this", "the other"])
async def test_two_servers_publish_once(
    draft: Article, press: Press, read_gate: type[ReadGate], leader: str
) -> None:
    """If another server publishes the article at the same moment, there is one entry."""
    gate = read_gate(Article)
    other = asyncio.to_thread(publish_elsewhere)
    if leader == "this":
        answer, _ = await one_after_the_other(gate, press(), other)
    else:
        _, answer = await one_after_the_other(gate, other, press())

    both = "Both had read it before either wrote. " * (gate.held_together == 2)
    moment = (
        f"{answer}, while another server published the article as well; {leader} server read it "
        f"first. {both}"
    )
    state = await sync_to_async(committed)()
    assert (answer.status, state) == (200, PUBLISHED), (
        f"{moment}Left: {state}; expected 200 and {PUBLISHED}.{answer.cause}"
    )
    told, stored = answer.published_at(), (await Article.objects.aget()).published_at
    assert same_time(told, stored), (
        f"{moment}Told: published_at {told}; expected {stored}, as stored."
    )


@pytest.mark.task(3)
async def test_a_correction_meanwhile_is_kept(
    draft: Article, press: Press, read_gate: type[ReadGate]
) -> None:
    """A title that is corrected after the view has read the article stays corrected."""
    answer, _ = await one_after_the_other(
        read_gate(Article), press(), asyncio.to_thread(correct_the_title)
    )

    article = await Article.objects.aget()
    assert (article.title, article.status) == ("The bridge is open", "published"), (
        f"{answer}; meanwhile another server corrected the title. Left: title {article.title!r}, "
        f"status {article.status!r}; expected 'The bridge is open' and 'published'.{answer.cause}"
    )
