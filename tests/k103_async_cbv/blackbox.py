"""What can be seen of k103 from outside: the judge plays the wire to the desks."""

from typing import Any

from dojo.blackbox import Draw, Site, check, expect_json, expect_status

SERVICES = ("katas.k103_async_cbv.wire:desks.fetch", "katas.k103_async_cbv.wire:desks.file")
DESKS = ("city", "sport", "culture", "weather", "letters", "science", "harbour", "markets")
STATUS, ARCHIVE = "/k103/desks/", "/k103/archive/"


# An archive that is neither sync nor async keeps the whole site from answering.
@check(task=1, involves=(4,))
async def status_asks_all_desks_of_all_readers_at_once(site: Site, draw: Draw) -> None:
    """The calls for two readers are under way together, and each is told of their own desks."""
    desks = draw.sample(DESKS, 7)
    stories = {desk: f"{desk}:{draw.randrange(10**9)}" for desk in desks}
    site.upstream.answer = lambda call: stories[call.given[0]]
    site.upstream.hold()

    def page(desks: list[str]) -> str:
        return f"{STATUS}?" + "&".join(f"desk={desk}" for desk in desks)

    mine, others = desks[:3], desks[3:]
    async with site.asked("GET", page(mine)) as first:
        await site.upstream.together(len(mine), first)
        async with site.asked("GET", page(others)) as second:
            await site.upstream.together(len(desks), second)
            site.upstream.release()
            answers = [await first.task, await second.task]

    for response, asked in zip(answers, (mine, others), strict=True):
        expect_json(response, {"desks": {desk: stories[desk] for desk in asked}})


@check(task=2, involves=(4,))
async def status_takes_stories(site: Site, draw: Draw) -> None:
    """POST files a story, once, and answers with its receipt."""
    desk, story = draw.choice(DESKS), f"story {draw.randrange(10**9)}"
    site.upstream.answer = lambda call: f"receipt {call.given}"

    response = await site.post(STATUS, data={"desk": desk, "story": story})
    expect_json(response, {"receipt": f"receipt {[desk, story]}"}, status=201)
    filed = [call.given for call in site.upstream.calls]
    assert filed == [[desk, story]], (
        f"POST {STATUS}: the desks were sent {filed}; expected {[[desk, story]]}."
    )


@check(task=3, involves=(1, 4))
async def status_minds_the_methods(site: Site, draw: Draw) -> None:
    """HEAD is answered like GET, OPTIONS says what is allowed, other methods are refused."""
    desk = draw.choice(DESKS)
    site.upstream.answer = lambda call: f"{desk}:{draw.randrange(10**9)}"

    expect_status(await site.request("HEAD", f"{STATUS}?desk={desk}"), 200)
    options = await site.request("OPTIONS", STATUS)
    expect_status(options, 200)
    allowed = {method.strip() for method in options.headers.get("Allow", "").split(",")}
    assert {"GET", "POST"} <= allowed, (
        f"OPTIONS {STATUS} answered with Allow: {options.headers.get('Allow')}; "
        "expected GET and POST among them."
    )
    for method in ("PUT", "PATCH", "DELETE"):
        expect_status(await site.request(method, STATUS), 405)
        assert method not in allowed, f"OPTIONS {STATUS} allows {method}, which is refused."


def articles(draw: Draw) -> list[dict[str, Any]]:
    """Return the rows of three published articles and a draft, in no order of time."""
    return [
        {
            "model": "newsroom.article",
            "pk": pk,
            "fields": {
                "title": f"{kind} {draw.randrange(10**9)}",
                "slug": f"article-{pk}",
                "status": "draft" if kind == "Draft" else "published",
                "created_at": "2026-11-01T06:00:00Z",
                "published_at": f"2026-11-{day:02}T06:00:00Z",
            },
        }
        for pk, (kind, day) in enumerate(
            zip(
                draw.sample(("Story", "Report", "Essay", "Draft"), 4),
                draw.sample(range(1, 29), 4),
                strict=True,
            ),
            1,
        )
    ]


@check(task=4, rows=articles)
async def archive_lists_and_takes_articles(site: Site, draw: Draw) -> None:
    """GET lists what is published, the newest first; each POST adds a draft, which is not shown."""
    rows = [row["fields"] for row in articles(draw)]
    published = [row for row in rows if row["status"] == "published"]
    titles = [
        row["title"] for row in sorted(published, key=lambda row: row["published_at"], reverse=True)
    ]
    hidden = [row["title"] for row in rows if row["status"] == "draft"]

    await shown(site, titles, hidden)
    for number in draw.sample(range(10**6), 2):
        hidden.append(f"Rain {number}")
        expect_status(await site.post(ARCHIVE, data={"title": hidden[-1]}), 201)
    await shown(site, titles, hidden)


async def shown(site: Site, titles: list[str], hidden: list[str]) -> None:
    """Look whether the archive shows these titles in this order, and none of the hidden ones."""
    response = await site.get(ARCHIVE)
    expect_status(response, 200)
    seen = [title for title in (*titles, *hidden) if title in response.text]
    seen.sort(key=response.text.index)
    assert seen == titles, f"GET {ARCHIVE} showed {seen}; expected {titles}."
