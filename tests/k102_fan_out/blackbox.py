"""What can be seen of k102 from outside: the judge plays the desks."""

from dojo.blackbox import Draw, Site, check

SERVICES = ("katas.newsroom.upstream:desks.fetch",)
DESKS = ("city", "sport", "culture", "weather", "letters", "science", "harbour", "markets")


@check(task=4)
async def front_page_asks_all_desks_at_once(site: Site, draw: Draw) -> None:
    """No desk has to answer before the next one is asked, and the page pairs desks and stories."""
    desks = draw.sample(DESKS, 5)
    stories = {desk: f"{desk}:{draw.randrange(10**9)}" for desk in desks}
    site.upstream.answer = lambda call: stories[call.arguments[0]]
    site.upstream.hold()
    path = "/k102/front-page/?" + "&".join(f"desk={desk}" for desk in desks)

    async with site.asked("GET", path) as page:
        await site.upstream.together(5, page)
        site.upstream.release()
        response = await page.task

    assert response.status_code == 200, f"GET {path} answered {response.status_code}; expected 200."
    expected = {"stories": [{"desk": desk, "story": stories[desk]} for desk in desks]}
    assert response.json() == expected, (
        f"GET {path} answered {response.json()!r}; expected {expected!r}."
    )


@check(task=4)
async def front_page_leaves_the_loop_free(site: Site, draw: Draw) -> None:
    """While one reader's desks have not answered, another reader is served."""
    first, second = draw.sample(DESKS, 2)
    site.upstream.answer = lambda call: f"story from {call.arguments[0]}"
    site.upstream.hold()

    async with site.asked("GET", f"/k102/front-page/?desk={first}") as waiting:
        await site.upstream.together(1, waiting)
        async with site.asked("GET", f"/k102/front-page/?desk={second}") as page:
            await site.upstream.together(2, page)
