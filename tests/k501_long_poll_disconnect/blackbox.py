"""What can be seen of k501 from outside: readers who go away, and news at the worst moment."""

from dojo.blackbox import Asked, Call, Draw, Site, check, expect_json, expect_status

BOARD = "katas.k501_long_poll_disconnect.board"
JOIN, LEAVE = f"{BOARD}:Board.join", f"{BOARD}:Board.leave"
NEWEST, NEWS = f"{BOARD}:Board.newest", f"{BOARD}:Waiter.news"
WATCHED = (JOIN, LEAVE, NEWEST, NEWS)
LOOKED = f"{NEWEST} returns"


def times(site: Site, name: str) -> int:
    """Return how often the site has called *name*."""
    return sum(call.service == name for call in site.upstream.calls)


def held(site: Site, *names: str) -> list[Call]:
    """Return the calls of *names* that wait for the judge."""
    return [call for call in site.upstream.in_flight if call.service in names]


def titles(*names: str) -> str:
    """Return *names* without their module."""
    return " or ".join(name.partition(":")[2] for name in names)


def hold(site: Site, *names: str) -> None:
    """Let no call of *names* go on from now on."""
    site.upstream.hold(lambda call: call.service in names)


async def calls(site: Site, page: Asked, count: int, *names: str) -> None:
    """Wait until at least so many calls of *names* wait for the judge."""
    await site.patience.until(
        lambda: len(held(site, *names)) >= count,
        lambda: (
            f"{page.what}: {len(held(site, *names))} are in {titles(*names)}; expected {count}."
        ),
        unless=page.task.done,
    )


async def view_is_over(site: Site, path: str, when: str) -> None:
    """Wait until no call waits for the judge."""
    await site.patience.until(
        lambda: not site.upstream.in_flight,
        lambda: f"GET {path} {when}: the view goes on; expected it to end.",
    )


async def place_is_back(site: Site, path: str, when: str) -> None:
    """Wait until each place that was taken has been given back."""
    await site.patience.until(
        lambda: times(site, JOIN) <= times(site, LEAVE),
        lambda: (
            f"GET {path} {when}: of {times(site, JOIN)} places that were taken, "
            f"{times(site, LEAVE)} were given back; expected all."
        ),
    )


async def publish(site: Site, draw: Draw, number: int) -> dict[str, object]:
    """Publish a result, and return what readers are to be told."""
    result = {"number": number, "text": f"Harbour: {draw.randrange(10**6)} counted"}
    expect_status(await site.post("/k501/publish/", data=result), 204)
    return result


@check(task=1)
async def news_in_between_are_not_missed(site: Site, draw: Draw) -> None:
    """What is published while the counting office answers reaches the reader."""
    number = draw.randrange(10, 1000)
    await publish(site, draw, number)
    path = f"/k501/results/?after={number}"
    # Not before the office has looked, but when its answer is on its way.
    hold(site, LOOKED)
    async with site.asked("GET", path) as page:
        await calls(site, page, 1, LOOKED)
        expected = await publish(site, draw, number + 1)
        site.upstream.release()
        expect_json(await page.task, expected, when=", published while the office answered,")


@check(task=4, involves=(1,))
async def who_goes_away_leaves_no_place_taken(site: Site, draw: Draw) -> None:
    """A reader who goes away gives the place back, and disturbs nobody else who waits."""
    number = draw.randrange(10, 1000)
    await publish(site, draw, number)
    path = f"/k501/results/?after={number}"
    # Who does not ask for the newest result is wrong in something else.
    for names in ((NEWEST, NEWS), (NEWS,)):
        hold(site, *names)
        async with site.asked("GET", path) as page:
            await calls(site, page, 1, *names)
        when = f"was left by its reader in {titles(*names)}"
        await view_is_over(site, path, when)
        await place_is_back(site, path, when)

    async with site.asked("GET", path) as stays:
        await calls(site, stays, 1, NEWS)
        async with site.asked("GET", path) as leaves:
            await calls(site, leaves, 2, NEWS)
        await site.patience.until(
            lambda: len(held(site, NEWS)) == 1 == times(site, JOIN) - times(site, LEAVE),
            lambda: (
                f"GET {path}: two readers waited, and one went away. "
                f"{len(held(site, NEWS))} wait now, and of {times(site, JOIN)} places that were "
                f"taken, {times(site, LEAVE)} were given back; expected all but one."
            ),
        )
        site.upstream.release()
        expected = await publish(site, draw, number + 1)
        expect_json(await stays.task, expected, when=" after another reader went away")


@check(task=3, involves=(1,))
async def errors_leave_no_place_taken(site: Site, draw: Draw) -> None:
    """An error of the board is a 500, and the place is given back, as it is after an answer."""
    number = draw.randrange(10, 1000)
    newest = await publish(site, draw, number)
    expect_json(await site.get(f"/k501/results/?after={number - 1}"), newest)
    path = f"/k501/results/?after={number}"
    await place_is_back(site, path, "was answered")
    for names in ((NEWS,), (NEWEST, NEWS)):

        def answer(call: Call, names: tuple[str, ...] = names) -> None:
            if call.service in names:
                raise ValueError("the line is down")

        site.upstream.answer = answer
        when = f" while {titles(*names)} fails"
        expect_status(await site.get(path), 500, when)
        await place_is_back(site, path, when.strip())
