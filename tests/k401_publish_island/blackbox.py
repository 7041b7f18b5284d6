"""What can be seen of k401 from outside: editors who overtake each other, and a failing write."""

from typing import Any

from dojo.blackbox import Call, Draw, Site, check, expect_status, overtake, said

QUERIES = True
# Before which of its queries the slower editor is held; a view may have fewer.
MOMENTS = (2, 3, 4)
# SQLite's highest key: behind it, the log has no room.
LAST = 2**63 - 1
NOVEMBER = "2026-11-01T06:00:00Z"


def slugs(draw: Draw) -> list[str]:
    """Return the slugs of drafts, one for each moment."""
    return [f"draft-{number}" for number in draw.sample(range(10**6), len(MOMENTS))]


def drafts(draw: Draw, room: int = len(MOMENTS)) -> list[dict[str, Any]]:
    """Return rows of drafts, and of a log that has room for one entry for each of them."""
    return [
        *(
            {
                "model": "newsroom.article",
                "pk": pk,
                "fields": {"title": slug, "slug": slug, "created_at": NOVEMBER},
            }
            for pk, slug in enumerate(slugs(draw), 1)
        ),
        {
            "model": "k401_publish_island.auditentry",
            "pk": LAST - room,
            "fields": {"slug": "an-older-one", "action": "published", "at": NOVEMBER},
        },
    ]


def one_entry(draw: Draw) -> list[dict[str, Any]]:
    """Return the same, with room for one entry alone."""
    return drafts(draw, room=1)


@check(task=3, rows=drafts, involves=(1,))
async def two_editors_publish_once(site: Site, draw: Draw) -> None:
    """Of two editors who press at once, one publishes and records; both are told the same time."""
    for slug, before in zip(slugs(draw), MOMENTS, strict=True):
        path = f"/k401/publish/{slug}/"
        answers = await overtake(
            site, site.asked("POST", path), site.asked("POST", path), before=before
        )
        times = []
        for who, answer in zip(("the slower", "the quicker"), answers, strict=True):
            expect_status(
                answer, 200, f", {who} of two requests, in a log with room for one entry each,"
            )
            times.append(said(answer, "published_at"))
        told = f"POST {path} twice, one held before its query {before} while the other ran"
        assert times[0] == times[1], f"{told}: published_at is {times}; expected the same time."

        later = said(await site.post(path), "published_at")
        assert later == times[0], (
            f"{told}: they answered {times[0]}, and the third request {later}; "
            "expected the same time."
        )


@check(task=2, rows=one_entry, involves=(1, 3))
async def a_write_that_fails_takes_the_other_with_it(site: Site, draw: Draw) -> None:
    """If either write fails, neither stays: the next attempt makes both, and succeeds."""
    path = f"/k401/publish/{slugs(draw)[0]}/"
    for table in ("auditentry", "newsroom_article", "auditentry"):
        site.database.answer = refusing(table)
        # Twice: a view that had published by the first attempt would answer 200 to the second.
        for time in ("first", "second"):
            answer = await site.post(path)
            when = f" while the database refuses to write to {table!r}, for the {time} time,"
            expect_status(answer, 500, when)

    site.database.answer = lambda call: None
    for _ in range(2):
        answer = await site.post(path)
        expect_status(
            answer, 200, ", after attempts that failed, in a log with room for one entry,"
        )
        assert said(answer, "published_at"), (
            f"POST {path} answered {answer.text!r}; expected a time."
        )


def refusing(table: str) -> Any:
    """Return what answers queries, and refuses each write to a table whose name ends so."""

    def answer(call: Call) -> None:
        verb, _, rest = str(call.first).partition(" ")
        # UPDATE "table" SET …, INSERT INTO "table" (…)
        if verb in {"INSERT", "UPDATE"} and f'{table}"' in rest.partition(" SET ")[0].split("(")[0]:
            raise ValueError("the disk is full")

    return answer
