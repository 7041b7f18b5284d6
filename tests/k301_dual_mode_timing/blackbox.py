"""What can be seen of k301 from outside: the judge plays the desk, and reads a clock of its own.

A duration is compared with two others that it has to lie between, however slow the machine: that of
the desk's answer, which is a part of it, and that of the whole request, of which it is a part.
"""

import re
import time

import httpx

from dojo.blackbox import Asked, Call, Draw, Site, check, expect_status

SERVICES = ("katas.newsroom.upstream:desks.fetch",)
LIVE = "/k301/live/"
ROUNDING_MS = 0.01


def duration(response: httpx.Response) -> float:
    """Return the milliseconds that the header tells."""
    told = response.headers.get("X-Duration-Ms", "")
    what = f"{response.request.method} {response.request.url.path}"
    assert re.fullmatch(r"[0-9]+\.[0-9]{2}", told), (
        f"{what} answered {response.status_code} with X-Duration-Ms: {told or None}; "
        "expected milliseconds with two decimals."
    )
    return float(told)


@check(task=1, involves=(2, 3))
async def every_answer_tells_its_own_time(site: Site, draw: Draw) -> None:
    """Pages, error pages, and pages that wait at one time have durations of their own."""
    site.upstream.hold()
    begin = time.monotonic()
    async with site.asked("GET", LIVE) as first:
        await site.upstream.together(1, first)
        async with site.asked("GET", LIVE) as second:
            await site.upstream.together(2, second)
            pages = list(zip(site.upstream.in_flight, (first, second), strict=True))
            draw.shuffle(pages)
            for call, page in pages:
                await told(site, call, page, begin)

    def fail(call: Call) -> None:
        raise RuntimeError("the desk is down")

    site.upstream.release()
    site.upstream.answer = fail
    for path, status in ((LIVE, 500), (f"/k301/{draw.randrange(10**6)}/", 404)):
        response = await site.get(path)
        expect_status(response, status)
        duration(response)


async def told(site: Site, call: Call, page: Asked, begin: float) -> None:
    """Let the desk answer *call*, and look what time *page*, asked for after *begin*, tells."""
    least = (site.upstream.now() - call.begin) * 1000
    await site.upstream.release_one(call)
    response = await page.task
    most = (time.monotonic() - begin) * 1000
    expect_status(response, 200)
    told = duration(response)
    assert least - ROUNDING_MS <= told <= most + ROUNDING_MS, (
        f"{page.what}: answered with X-Duration-Ms: {told:.2f}; the desk took {least:.2f} ms, "
        f"and the whole request {most:.2f} ms at most."
    )


@check(task=4, involves=(1, 2, 3))
async def who_leaves_is_not_waited_for(site: Site, draw: Draw) -> None:
    """When a reader leaves, the view's call is cancelled; others are answered with their time."""
    site.upstream.hold()
    async with site.asked("GET", LIVE) as staying:
        await site.upstream.together(1, staying)
        async with site.asked("GET", LIVE) as leaving:
            await site.upstream.together(2, leaving)
        call = site.upstream.calls[-1]
        await site.patience.until(
            lambda: call.outcome == "cancelled",
            lambda: (
                f"{leaving.what}, whose reader has left: the call of the view is {call.outcome}; "
                "expected cancelled."
            ),
        )
        site.upstream.release()
        response = await staying.task
    expect_status(response, 200)
    duration(response)
    response = await site.get(f"/k301/{draw.randrange(10**6)}/")
    expect_status(response, 404)
    duration(response)
