"""What can be seen of k404 from outside: the judge plays the agency that the SDK talks to."""

from contextlib import AsyncExitStack
from typing import Any

from dojo.blackbox import Asked, Call, Draw, Failure, Site, check, expect_json, expect_status

SERVICES = ("katas.k404_legacy_sdk_bridge.wire:WireClient._exchange",)
MOST = 8
WIRE_ERROR = "katas.k404_legacy_sdk_bridge.wire:WireError"


def path(number: int) -> str:
    """Return the path of a story."""
    return f"/k404/stories/{number}/"


def message(call: Call) -> str:
    """Return what the SDK sends: ``login``, ``fetch(7)``."""
    return str([None, *call.arguments][-1])


def heard(site: Site) -> list[str]:
    """Return all that the SDK has sent."""
    return [message(call) for call in site.upstream.calls]


async def ask(site: Site, stack: AsyncExitStack, number: int) -> Asked:
    """Ask for a story in the background, until *stack* is left."""
    return await stack.enter_async_context(site.asked("GET", path(number)))


async def see_archive(site: Site) -> None:
    """See that a page that has nothing to do with the agency is served."""
    expect_json(await site.get("/k404/archive/"), {"articles": 0}, when=" while the agency is slow")


async def release_one_by_one(site: Site, pages: list[Asked]) -> None:
    """Answer the SDK's messages one after the other, until all *pages* are answered."""
    upstream = site.upstream
    while not all(page.task.done() for page in pages):
        await site.patience.until(
            lambda: bool(upstream.in_flight) or all(page.task.done() for page in pages),
            lambda: f"The SDK has sent {heard(site)}, and nothing after that; expected more.",
        )
        under_way = [message(call) for call in upstream.in_flight]
        assert len(under_way) <= 1, (
            f"The SDK has sent {' and '.join(under_way)} at the same time; "
            "expected one message after the other."
        )
        for call in upstream.in_flight:
            await upstream.release_one(call)


@check(task=1)
async def stories_come_one_after_another_from_one_client(site: Site, draw: Draw) -> None:
    """One login serves all readers, one after another; meanwhile other pages are served."""
    numbers = draw.sample(range(10**6), 4)
    texts = {f"fetch({number})": f"Story {draw.randrange(10**9)}" for number in numbers}
    site.upstream.answer = lambda call: texts.get(message(call))
    site.upstream.hold()
    async with AsyncExitStack() as stack:
        pages = [await ask(site, stack, number) for number in numbers]
        await site.upstream.together(1, pages[0])
        await see_archive(site)
        await release_one_by_one(site, pages)
        for number, page in zip(numbers, pages, strict=True):
            expected = {"number": number, "text": texts[f"fetch({number})"]}
            expect_json(await page.task, expected)
    first, *others = heard(site)
    assert [first, *sorted(others)] == ["login", *sorted(texts)], (
        f"For {len(numbers)} stories the SDK has sent {heard(site)}; "
        f"expected one login, then each of {sorted(texts)}."
    )


@check(task=3, involves=(1,))
async def too_many_readers_are_turned_away(site: Site, draw: Draw) -> None:
    """While eight wait, others get a 503 at once; afterwards there is room again."""
    more = draw.randrange(2, 5)
    numbers = draw.sample(range(10**6), MOST + more)
    site.upstream.answer = message
    site.upstream.hold()
    async with AsyncExitStack() as stack:
        pages = [await ask(site, stack, number) for number in numbers]

        def answered() -> list[Asked]:
            return [page for page in pages if page.task.done()]

        await site.patience.until(
            lambda: len(answered()) >= more,
            lambda: (
                f"Of {len(pages)} readers, {len(answered())} were answered, while the agency "
                f"answered nobody; expected 503 for {more}."
            ),
        )
        await see_archive(site)
        for page in (refused := answered()):
            expect_status(await page.task, 503, f", one of {len(pages)} readers at once,")
        assert len(refused) == more, (
            f"Of {len(pages)} readers, {len(refused)} got a 503; expected {more}."
        )
        served = [page for page in pages if page not in refused]
        await release_one_by_one(site, served)
        for page in served:
            expect_status(await page.task, 200, f", one of {MOST} that may wait,")
        turned_away = {f"fetch({numbers[pages.index(page)]})" for page in refused}
        assert not turned_away & set(heard(site)), (
            f"The SDK has sent {heard(site)}; expected none of {sorted(turned_away)}, "
            "whose readers got a 503."
        )
        site.upstream.release()
        again = draw.randrange(10**6, 10**7)
        expected = {"number": again, "text": f"fetch({again})"}
        expect_json(await site.get(path(again)), expected, when=" after that")


@check(task=2, involves=(1,))
async def errors_and_leavers_hurt_nobody_else(site: Site, draw: Draw) -> None:
    """A failed login, a failed story and a reader who leaves are no matter of the next reader's."""
    first, second, third, left, last = draw.sample(range(10**6), 5)
    down = ["login", f"fetch({second})"]

    def answer(call: Call) -> str:
        if message(call) in down:
            down.remove(message(call))
            raise Failure(WIRE_ERROR, f"no answer to {message(call)}")
        return f"Text of {message(call)}"

    site.upstream.answer = answer
    failed: dict[str, Any] = {"error": "no answer to login"}
    expect_json(await site.get(path(first)), failed, status=502, when=" when the login fails")
    for number in (first, second, third):
        expected = {"number": number, "text": f"Text of fetch({number})"}
        status = 200
        if number == second:
            expected, status = {"error": f"no answer to fetch({number})"}, 502
        expect_json(await site.get(path(number)), expected, status=status)

    site.upstream.hold()
    async with site.asked("GET", path(left)) as leaving:
        await site.upstream.together(1, leaving)
    async with site.asked("GET", path(last)) as page:
        await see_archive(site)
        site.upstream.release()
        expected = {"number": last, "text": f"Text of fetch({last})"}
        expect_json(await page.task, expected, when=" after a reader who left")
    logins = heard(site).count("login")
    assert logins == 2, f"The SDK has sent {heard(site)}; expected 2 logins, of which one failed."
