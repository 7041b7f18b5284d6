"""What can be seen of k503 from outside: the judge plays the offices, and calls are called off."""

from collections.abc import Callable
from typing import Any

from dojo.blackbox import Asked, Call, Draw, Failure, Site, check, expect_json, expect_status

SERVICES = ("katas.k503_all_or_nothing.offices:offices.count",)
OFFICE_ERROR = "katas.k503_all_or_nothing.offices:OfficeError"


def districts(draw: Draw, count: int) -> list[str]:
    """Return names of districts."""
    return [f"district-{number}" for number in draw.sample(range(10**6), count)]


def path(names: list[str]) -> str:
    """Return the path of the page with these districts."""
    return "/k503/results/?" + "&".join(f"district={name}" for name in names)


def of(site: Site, names: list[str]) -> dict[str, Call]:
    """Return the calls to these offices, by district."""
    calls = {str(call.first): call for call in site.upstream.calls}
    return {name: calls[name] for name in names if name in calls}


async def called_off(site: Site, page: Asked, names: list[str], when: str) -> None:
    """Wait until the calls to these offices are called off."""

    def outcomes() -> dict[str, str]:
        return {name: call.outcome for name, call in of(site, names).items()}

    await site.patience.until(
        lambda: set(outcomes().values()) == {"cancelled"},
        lambda: f"{page.what}, {when}: the other calls are {outcomes()}; expected all cancelled.",
    )


async def answered(site: Site, page: Asked, name: str) -> None:
    """Let this office answer, before all others."""
    call = of(site, [name])[name]
    call.released.set()
    await site.patience.until(
        lambda: call.outcome != "running",
        lambda: f"{page.what}: the call to {name} is {call.outcome}; expected it to end.",
    )


@check(task=1)
async def all_offices_are_asked_at_once(site: Site, draw: Draw) -> None:
    """The page shows all districts in the order of the request, and their total."""
    for count in (draw.randrange(4, 9), 1, 0):
        names = districts(draw, count)
        votes = {name: draw.randrange(10**6) for name in names}
        site.upstream.answer = answering(votes)
        site.upstream.hold()
        async with site.asked("GET", path(names)) as page:
            if names:
                await site.upstream.together(count, page)
            site.upstream.release()
            response = await page.task
        rows = [{"district": name, "votes": votes[name]} for name in names]
        expect_json(response, {"districts": rows, "total": sum(votes.values())})


@check(task=2, involves=(1,))
async def a_failure_calls_the_others_off(site: Site, draw: Draw) -> None:
    """The page is a 502 without votes; the other calls end, and other readers' do not."""
    for position in (0, -1):
        names, others = districts(draw, 5), districts(draw, 2)
        broken, early = names[position], names[2]
        # Longer than any number in the names and in the error's text.
        votes = draw.randrange(10**7, 10**8)
        error = f"{broken}: line {draw.randrange(10**6)} broke"
        site.upstream.answer = failing({broken: error}, {early: votes})
        site.upstream.hold()
        async with site.asked("GET", path(others)) as other:
            await site.upstream.together(len(others), other)
            async with site.asked("GET", path(names)) as page:
                await site.upstream.together(len(others) + len(names), page)
                await answered(site, page, early)
                of(site, [broken])[broken].released.set()
                rest = [name for name in names if name not in {broken, early}]
                await called_off(site, page, rest, f"when {broken} has failed")
                response = await page.task
                expect_status(response, 502)
                assert str(votes) not in response.text, (
                    f"{page.what}: the 502 has the votes of {early}; expected no votes at all."
                )
            site.upstream.release()
            rows: list[Any] = [{"district": name, "votes": 1} for name in others]
            expected = {"districts": rows, "total": len(rows)}
            expect_json(await other.task, expected, when=" while another page failed")


@check(task=3, involves=(1, 2))
async def a_failure_is_reported_once(site: Site, draw: Draw) -> None:
    """The 502 has the text of the one error that was raised, whichever office it was."""
    for position in (0, -1):
        names = districts(draw, 3)
        error = f"{names[position]}: line {draw.randrange(10**6)} broke"
        site.upstream.answer = failing({names[position]: error}, {})
        async with site.asked("GET", path(names)) as page:
            response = await page.task
        expect_status(response, 502)
        errors = response.json().get("errors")
        assert errors == [error], f"{page.what}: errors {errors!r}; expected {[error]!r}."


@check(task=4, involves=(1,))
async def a_reader_who_leaves_leaves_no_call(site: Site, draw: Draw) -> None:
    """When the reader goes away, all calls are called off."""
    names = districts(draw, draw.randrange(3, 7))
    site.upstream.hold()
    async with site.asked("GET", path(names)) as page:
        await site.upstream.together(len(names), page)
    await called_off(site, page, names, "when its reader has gone")


def answering(votes: dict[str, int]) -> Callable[[Call], int]:
    """Return what answers calls with the votes of their districts."""
    return lambda call: votes[call.first]


def failing(errors: dict[str, str], votes: dict[str, int]) -> Callable[[Call], int]:
    """Return what answers calls: with the office's error, or its votes, or one vote."""

    def answer(call: Call) -> int:
        if error := errors.get(call.first):
            raise Failure(OFFICE_ERROR, error)
        return votes.get(call.first, 1)

    return answer
