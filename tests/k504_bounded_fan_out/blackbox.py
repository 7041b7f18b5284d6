"""What can be seen of k504 from outside: the judge plays the register and the web."""

from collections.abc import Callable
from typing import Any

from dojo.blackbox import Asked, Call, Draw, Failure, Site, check, expect_json, expect_status

LINKS = "katas.k504_bounded_fan_out.register:register.links"
PROBE = "katas.k504_bounded_fan_out.web:web.probe"
SERVICES = (LINKS, PROBE)
UNREACHABLE = "katas.k504_bounded_fan_out.web:Unreachable"
PATH = "/k504/link-check/"
LIMIT = 8
# So many links may be taken before they are probed.
IN_HAND = 2


def links(draw: Draw) -> list[str]:
    """Return the links of a register."""
    return [f"https://example.org/{n}" for n in draw.sample(range(10**6), draw.randrange(20, 30))]


def answering(register: list[str], dead: dict[str, str]) -> Callable[[Call], Any]:
    """Return what answers for the register, link by link, and for the links."""
    coming = iter(register)

    def answer(call: Call) -> Any:
        if call.service == LINKS:
            return next(coming, None)
        if error := dead.get(call.first):
            raise Failure(UNREACHABLE, error)
        return None

    return answer


def probes(site: Site) -> list[Call]:
    """Return the probes that are in flight."""
    return [call for call in site.upstream.in_flight if call.service == PROBE]


def taken(site: Site) -> int:
    """Return how many links the site has asked the register for."""
    return sum(call.service == LINKS for call in site.upstream.calls)


def ended(site: Site) -> int:
    """Return how many probes have ended."""
    return sum(call.service == PROBE and call.outcome != "running" for call in site.upstream.calls)


async def in_flight(site: Site, page: Asked, count: int) -> None:
    """Wait until so many probes are in flight, and see that there are no more."""
    await site.patience.until(
        lambda: len(probes(site)) >= count,
        lambda: (
            f"{page.what}: {len(probes(site))} probes are in flight, after {ended(site)} have "
            f"ended; expected {count}."
        ),
        unless=page.task.done,
    )
    # An answer behind which one more would show.
    expect_status(await site.get("/k504/"), 404)
    assert len(probes(site)) <= LIMIT, (
        f"{page.what}: {len(probes(site))} probes are in flight; expected at most {LIMIT}."
    )
    # The one more that the register is asked for has no answer, or is the end.
    most = ended(site) + LIMIT + IN_HAND + 1
    assert taken(site) <= most, (
        f"{page.what}: {taken(site)} links were asked for, with {LIMIT} probes in flight and "
        f"{ended(site)} ended; expected at most {most}."
    )


@check(task=6, involves=(1, 2, 3, 4))
async def eight_links_are_probed_at_a_time(site: Site, draw: Draw) -> None:
    """Never more than eight, never fewer while there are links; the dead ones come in order."""
    register = links(draw)
    dead = {link: f"{link}: {draw.randrange(10**6)}" for link in draw.sample(register, 6)}
    site.upstream.answer = answering(register, dead)
    site.upstream.hold(lambda call: call.service == PROBE)
    async with site.asked("GET", PATH) as page:
        for number in range(len(register)):
            await in_flight(site, page, min(LIMIT, len(register) - number))
            waiting = probes(site)
            assert waiting, f"{page.what}: its probes were cancelled; expected them to go on."
            await site.upstream.release_one(draw.choice(waiting))
        answer = await page.task
    expected = {"checked": len(register), "dead": [dead[link] for link in register if link in dead]}
    expect_json(answer, expected)
    asked = sorted(str(call.first) for call in site.upstream.calls if call.service == PROBE)
    assert asked == sorted(register), (
        f"GET {PATH}: {len(asked)} links were probed, {len(set(asked))} different ones; "
        f"expected each of {len(register)} once."
    )


@check(task=5, involves=(1, 4, 6))
async def no_probe_goes_on_when_nobody_waits(site: Site, draw: Draw) -> None:
    """When the reader goes away, or the register fails, the probes in flight are cancelled."""
    register = links(draw)
    site.upstream.hold(lambda call: call.service == PROBE)
    site.upstream.answer = answering(register, {})
    async with site.asked("GET", PATH) as page:
        await in_flight(site, page, LIMIT)
    await nothing_goes_on(site, "its reader has gone")
    # A view that went on would probe more.
    expect_status(await site.get("/k504/"), 404)
    await nothing_goes_on(site, "its reader has gone")

    good, answer = draw.randrange(2, LIMIT), answering(register, {})
    coming = iter(range(good))

    def broken(call: Call) -> Any:
        if call.service == LINKS and next(coming, None) is None:
            raise ValueError("the register is torn")
        return answer(call)

    site.upstream.answer = broken
    async with site.asked("GET", PATH) as page:
        expect_status(await page.task, 500, f" when the register fails after {good} links")
    await nothing_goes_on(site, f"the register has failed after {good} links")


async def nothing_goes_on(site: Site, why: str) -> None:
    """Wait until no probe is in flight."""
    await site.patience.until(
        lambda: not probes(site),
        lambda: f"GET {PATH}, when {why}: {len(probes(site))} probes go on; expected none.",
    )
