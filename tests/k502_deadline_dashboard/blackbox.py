"""What can be seen of k502 from outside: the judge plays the services of the panels."""

from contextlib import AsyncExitStack
from typing import Any

from dojo.blackbox import Call, Draw, Failure, Site, check, expect_json

PANELS = ("weather", "letters", "archive")
LATE = "archive"
SERVICES = tuple(f"katas.k502_deadline_dashboard.panels:PANELS.{name}" for name in PANELS)
PATH = "/k502/dashboard/"
CLOCK = True  # on a slow machine, a right answer would miss its deadline, a second
# Seconds that are over at the deadline, which is one for all, and not at two of them.
PASS_S = 1.5


def panel(call: Call) -> str:
    """Return the panel's name."""
    return call.service.rpartition(".")[2]


async def pages_of(site: Site, readers: int, failing: str, text: str) -> None:
    """Ask for pages at once, while the archive does not answer and *failing* fails."""
    upstream = site.upstream
    before = len(upstream.calls)

    def answer(call: Call) -> str:
        if panel(call) == failing:
            raise Failure("builtins:TimeoutError", "the service is down")
        return text

    def late() -> list[Call]:
        return [call for call in upstream.in_flight if panel(call) == LATE]

    def called() -> list[str]:
        return sorted(map(panel, upstream.calls[before:]))

    everyone = sorted(PANELS * readers)
    when = f" while {LATE} does not answer, and {failing} fails,"
    upstream.answer = answer
    upstream.hold(lambda call: panel(call) == LATE)
    async with AsyncExitStack() as stack:
        pages = [await stack.enter_async_context(site.asked("GET", PATH)) for _ in range(readers)]
        await site.patience.until(
            lambda: called() == everyone and len(upstream.in_flight) == len(late()) == readers,
            lambda: (
                f"GET {PATH}{when} by {readers} at once has called {', '.join(called())}, and "
                f"waits for {LATE} {len(late())} times; expected each panel once for each reader."
            ),
            unless=lambda: any(page.task.done() for page in pages),
        )
        upstream.pass_time(late()[0], PASS_S)
        for page in pages:
            expected: dict[str, Any] = dict.fromkeys(PANELS, text) | {LATE: None, failing: None}
            expect_json(await page.task, {"panels": expected}, when=when)
        await site.patience.until(
            lambda: not upstream.in_flight,
            lambda: f"GET {PATH} is answered, and its call of {LATE} goes on; expected its end.",
        )
    assert called() == everyone, (
        f"GET {PATH}{when} has called {', '.join(called())}; expected {', '.join(everyone)}."
    )


@check(task=1, involves=(5,))
async def the_panels_are_asked_together(site: Site, draw: Draw) -> None:
    """All panels are in flight at once, and are awaited."""
    site.upstream.hold()
    async with site.asked("GET", PATH) as page:
        await site.upstream.together(len(PANELS), page)


@check(task=5, involves=(1, 2, 3))
async def the_page_shows_what_is_there_at_the_deadline(site: Site, draw: Draw) -> None:
    """What fails or is late is a gap, and the late one is called off."""
    for failing in draw.sample(["weather", "letters"], 2):
        await pages_of(site, 1, failing, f"Rain until day {draw.randrange(10**6)}")


@check(task=5, involves=(1, 2, 3))
async def readers_have_panels_of_their_own(site: Site, draw: Draw) -> None:
    """Two readers at once: each has calls of their own, and neither waits for the other."""
    failing = draw.choice(["weather", "letters"])
    await pages_of(site, 2, failing, f"Rain until day {draw.randrange(10**6)}")
