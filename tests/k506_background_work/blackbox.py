"""What can be seen of k506 from outside: the judge plays the lawyers' service, and slow queries."""

from contextlib import AsyncExitStack
from typing import Any

from dojo.blackbox import Asked, Call, Draw, Site, check, expect_status, said

SERVICES = ("katas.k506_background_work.checks:checker.read",)
QUERIES = True
PATH = "/k506/letters/"
ARTICLE = 1


def newsroom(draw: Draw) -> list[dict[str, Any]]:
    """Return the row of an article."""
    fields = {"title": "Bridge", "slug": "bridge", "created_at": "2026-11-01T06:00:00Z"}
    return [{"model": "newsroom.article", "pk": ARTICLE, "fields": fields}]


def letter(draw: Draw) -> dict[str, Any]:
    """Return the fields of a letter."""
    return {"article": ARTICLE, "text": f"{draw.getrandbits(48)} lanes, I counted."}


def begins(call: Call, words: str) -> bool:
    """Say whether a query of letters begins so."""
    sql = str(call.first)
    return sql.startswith(words) and "k506_background_work_letter" in sql


async def accepted(site: Site, fields: dict[str, Any], when: str) -> None:
    """Send a letter, and see that it is answered."""
    answer = await site.post(PATH, data=fields)
    expect_status(answer, 202, when)
    assert isinstance(said(answer, "letter"), int), (
        f"POST {PATH}{when} answered {answer.text!r}; expected a key as `letter`."
    )


@check(task=1, rows=newsroom, involves=(5,))
async def no_check_waits_for_another(site: Site, draw: Draw) -> None:
    """All letters are checked at one time, and their verdicts are stored."""
    texts = [letter(draw) for _ in range(draw.randrange(5, 9))]
    site.upstream.answer = lambda call: "print"
    site.upstream.hold()

    def stored() -> int:
        return sum(begins(call, "UPDATE") for call in site.database.calls)

    async with AsyncExitStack() as stack:
        pages = [
            await stack.enter_async_context(site.asked("POST", PATH, data=fields))
            for fields in texts
        ]
        await site.patience.until(
            lambda: len(site.upstream.in_flight) >= len(texts),
            lambda: (
                f"POST {PATH}, {len(texts)} times: {len(site.upstream.in_flight)} checks are under "
                f"way; expected {len(texts)} at the same time."
            ),
            unless=lambda: any(page.task.done() and failed(page) for page in pages),
        )
        site.upstream.release()
        await site.patience.until(
            lambda: stored() >= len(texts),
            lambda: (
                f"POST {PATH}, {len(texts)} times: {stored()} verdicts were stored after all "
                f"checks were answered; expected {len(texts)}."
            ),
        )


@check(task=5, rows=newsroom, involves=(1,))
async def letters_are_checked_behind_the_answer(site: Site, draw: Draw) -> None:
    """No reader waits for the check; what is refused has none, and no letter has two."""
    sent = [letter(draw) for _ in range(draw.randrange(5, 9))]
    site.upstream.hold()
    for fields in sent:
        unknown = fields | {"article": draw.randrange(10, 10**6), "text": "Of no article."}
        expect_status(await site.post(PATH, data=unknown), 409, " for an unknown article")
        await accepted(site, fields, " while no check has ended")
    texts = [fields["text"] for fields in sent]
    read = [call.first for call in site.upstream.calls]
    assert all(read.count(text) == 1 and text in texts for text in read), (
        f"POST {PATH}: the letters {read} were checked; expected each of {texts} once."
    )


@check(task=3, rows=newsroom, involves=(1, 5))
async def a_slow_query_of_a_job_holds_up_nobody(site: Site, draw: Draw) -> None:
    """While the query of one job waits, letters are filed, and other jobs send their queries."""
    site.upstream.answer = lambda call: "print"
    site.database.hold(lambda call: begins(call, "SELECT"))
    async with AsyncExitStack() as stack:
        for number in range(1, 4):
            filing = site.asked("POST", PATH, data=letter(draw))
            await jobs_have_asked(site, await stack.enter_async_context(filing), number)


async def jobs_have_asked(site: Site, page: Asked, number: int) -> None:
    """Wait until so many jobs, the last of them of *page*, wait for the answer to a query."""
    # Whether the page waits for its job is another question.
    await site.patience.until(
        lambda: len(site.database.in_flight) >= number,
        lambda: (
            f"POST {PATH}, {number} times: {len(site.database.in_flight)} jobs have sent their "
            f"first query, while none was answered; expected {number}."
        ),
        unless=lambda: page.task.done() and failed(page),
    )


def failed(page: Asked) -> bool:
    """Say whether a letter, whose answer is there, was not accepted."""
    return page.task.exception() is not None or page.task.result().status_code != 202
