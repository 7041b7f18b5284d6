"""What can be seen of k102 from outside: the judge plays the desks."""

from dojo.blackbox import Call, Draw, Site, check, expect_json, expect_status

SERVICES = ("katas.newsroom.upstream:desks.fetch",)
DESKS = ("city", "sport", "culture", "weather", "letters", "science", "harbour", "markets")


def front_page(desks: list[str]) -> str:
    """Return the path of the page that shows *desks*."""
    return "/k102/front-page/?" + "&".join(f"desk={desk}" for desk in desks)


@check(task=4)
async def front_page_asks_all_desks_at_once(site: Site, draw: Draw) -> None:
    """No desk has to answer before the next one is asked; whichever is first, the order is kept."""
    desks = draw.sample(DESKS, 5)
    desks.append(draw.choice(desks))
    stories = {desk: f"{desk}:{draw.randrange(10**9)}" for desk in desks}
    site.upstream.answer = lambda call: stories[call.given[0]]
    site.upstream.hold()

    async with site.asked("GET", front_page(desks)) as page:
        await site.upstream.together(len(desks), page)
        for call in reversed(site.upstream.in_flight):
            await site.upstream.release_one(call)
        response = await page.task

    expected = [{"desk": desk, "story": stories[desk]} for desk in desks]
    expect_json(response, {"stories": expected})


@check(task=4)
async def front_page_leaves_the_loop_free(site: Site, draw: Draw) -> None:
    """While one reader's desks have not answered, another reader is served."""
    first, second = draw.sample(DESKS, 2)
    number = draw.randrange(10**9)
    site.upstream.answer = lambda call: f"{call.given[0]}:{number}"
    site.upstream.hold()

    async with site.asked("GET", front_page([first])) as waiting:
        await site.upstream.together(1, waiting)
        async with site.asked("GET", front_page([second])) as page:
            await site.upstream.together(2, page)
            await site.upstream.release_one(site.upstream.calls[-1])
            response = await page.task
    expected = [{"desk": second, "story": f"{second}:{number}"}]
    expect_json(response, {"stories": expected}, when=", while another reader waits,")


@check(task=4)
async def front_page_fails_with_a_desk(site: Site, draw: Draw) -> None:
    """The page is served while all desks answer, and is an error 500 when one of them fails."""
    desks = draw.sample(DESKS, 4)
    down = ""

    def answer(call: Call) -> str:
        if call.given[0] == down:
            raise RuntimeError("this desk is down")
        return "a story"

    site.upstream.answer = answer

    expect_status(await site.get(front_page(desks)), 200)
    down = draw.choice(desks)
    expect_status(await site.get(front_page(desks)), 500, f", while the {down} desk fails,")
