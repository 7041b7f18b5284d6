"""What can be seen of k502 from outside: the judge plays the services of the panels."""

from typing import Any

from dojo.blackbox import Call, Draw, Failure, Site, check, expect_json

PANELS = ("weather", "letters", "archive")
SERVICES = tuple(f"katas.k502_deadline_dashboard.panels:PANELS.{name}" for name in PANELS)
PATH = "/k502/dashboard/"
# The deadline is a second of the real clock. On a machine so slow that an answer in time does not
# arrive in time, the page is asked for once more.
TRIES = 3


def panel(call: Call) -> str:
    """Return the panel's name."""
    return call.service.rpartition(".")[2]


async def one_page(site: Site, late: str, failing: str, text: str) -> None:
    """Ask for the page while *late* does not answer, *failing* fails, and the third one answers."""
    upstream = site.upstream
    before = len(upstream.calls)

    def answer(call: Call) -> str:
        if panel(call) == failing:
            raise Failure("builtins:TimeoutError", "the service is down")
        return text

    upstream.answer = answer
    upstream.hold()
    async with site.asked("GET", PATH) as page:
        await upstream.together(len(PANELS), page)
        for call in upstream.in_flight:
            if panel(call) != late:
                call.released.set()
        response = await page.task
    expected: dict[str, Any] = {name: text for name in PANELS if name not in {late, failing}}
    when = f" while {late} does not answer, and {failing} fails,"
    expect_json(response, {"panels": expected | {late: None, failing: None}}, when=when)
    calls = upstream.calls[before:]
    await site.patience.until(
        lambda: not upstream.in_flight,
        lambda: f"GET {PATH} is answered, and its call of {late} goes on; expected its end.",
    )
    asked = sorted(map(panel, calls))
    assert asked == sorted(PANELS), (
        f"GET {PATH} has called {', '.join(asked)}; expected each panel once."
    )


@check(task=5)
async def the_page_shows_what_is_there_at_the_deadline(site: Site, draw: Draw) -> None:
    """All are asked together; what fails or is late is a gap, and the late one is called off."""
    for _ in range(2):
        late, failing = draw.sample(PANELS, 2)
        text = draw.choice(("", f"Rain until day {draw.randrange(10**6)}"))
        for tries in range(1, TRIES + 1):
            try:
                await one_page(site, late, failing, text)
                break
            except AssertionError:
                site.upstream.release()
                if tries == TRIES:
                    raise


@check(task=1)
async def readers_have_panels_of_their_own(site: Site, draw: Draw) -> None:
    """Two readers at once: each has calls of their own, and neither waits for the other."""
    site.upstream.answer = panel
    for tries in range(1, TRIES + 1):
        try:
            site.upstream.hold()
            async with site.asked("GET", PATH) as first, site.asked("GET", PATH) as second:
                await site.upstream.together(2 * len(PANELS), first)
                site.upstream.release()
                for page in (first, second):
                    expect_json(await page.task, {"panels": {name: name for name in PANELS}})
            return
        except AssertionError:
            site.upstream.release()
            if tries == TRIES:
                raise
