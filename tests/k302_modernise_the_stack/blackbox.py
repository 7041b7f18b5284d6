"""What can be seen of k302 from outside: the judge plays the desks, and holds queries up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx

from dojo.blackbox import Call, Draw, Site, check

SERVICES = ("katas.newsroom.upstream:Desks.fetch",)
QUERIES = True
KEY, ROBOT = "printers-ink", "GreedyBot/1.0"
HEADERS = ("X-Edition", "Vary", "X-Robots-Tag", "Cache-Control")
OUTERMOST = {"Vary": "X-Subscriber", "X-Robots-Tag": "noarchive"}


@dataclass(frozen=True)
class Case:
    """A request, and what the stack answered under WSGI.

    Attributes:
        sent, headers: Of the request and of the answer; of those in `HEADERS`, no others.
        body: None for a page of Django's own.
        desks: How many calls of a desk it takes.
    """

    path: str
    status: int
    body: str | None
    headers: dict[str, str] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)
    desks: int = 0

    def compare(self, response: httpx.Response) -> None:
        """Raise AssertionError if the answer is another one."""
        seen = {name: response.headers[name] for name in HEADERS if name in response.headers}
        body = None if self.body is None else response.text[:200]
        found, expected = (response.status_code, body, seen), (self.status, self.body, self.headers)
        assert found == expected, (
            f"GET /k302/{self.path} with {self.sent} answered {found}; expected {expected}."
        )


def drafts(draw: Draw) -> list[dict[str, Any]]:
    """Return the row of a draft, with a slug of its own."""
    fields = {
        "title": "Scoop",
        "slug": f"scoop-{draw.randrange(10**6)}",
        "created_at": "2026-11-01T06:00:00Z",
    }
    return [{"model": "newsroom.article", "pk": 1, "fields": fields}]


def labelled(edition: str) -> dict[str, str]:
    """Return the headers of what a view has answered."""
    return {"X-Edition": edition, "Vary": "X-Edition, X-Subscriber", "X-Robots-Tag": "noarchive"}


def cases(draw: Draw, draft: str) -> list[Case]:
    """Return requests on which each rule of the three has its say."""
    edition = draw.choice(("morning", "evening"))
    chosen, subscribed = {"X-Edition": edition}, {"X-Subscriber": "yes", "X-Edition": edition}
    rain, down = (f"{word}-{draw.randrange(10**6)}" for word in ("rain", "down"))
    story, analysis, scoop = f"stories/{rain}/", f"analyses/{rain}/", f"stories/{draft}/"
    text, preview = f"about {rain}; {edition} edition", f"about {draft}; {edition} edition"
    stored = labelled(edition) | {"Cache-Control": "private, no-store"}
    return [
        Case(story, 200, text, labelled(edition), chosen, 1),
        Case(story, 403, None, {}, {"User-Agent": ROBOT}),
        Case(story, 404, None, OUTERMOST, {"X-Edition": f"no-{edition}"}),
        Case("stories/sport/", 503, f"Not in the {edition} edition.", labelled(edition), chosen),
        Case(analysis, 402, "For subscribers.", labelled(edition), chosen),
        Case(analysis, 200, text, labelled(edition), subscribed, 1),
        Case(
            f"analyses/{down}/",
            500,
            "You have not been charged.",
            labelled(edition),
            subscribed,
            1,
        ),
        Case("imprint/", 200, f"The newsroom; {edition} edition", labelled(edition), chosen),
        Case(scoop, 404, "Not out yet.", OUTERMOST, chosen),
        Case(f"{scoop}?preview=not-{KEY}", 403, None, OUTERMOST, chosen),
        Case(f"{scoop}?preview={KEY}", 200, preview, stored, chosen, 1),
    ]


@check(task=4, rows=drafts)
async def answers_are_those_of_before(site: Site, draw: Draw) -> None:
    """Status, body and headers are those of before, and desks and database are asked as often."""
    (row,) = drafts(draw)

    def answer(call: Call) -> str:
        if call.given[-1].startswith("down-"):
            raise RuntimeError("the ink is out")
        return f"about {call.given[-1]}"

    site.upstream.answer = answer
    found = cases(draw, row["fields"]["slug"])
    for case in draw.sample(found, len(found)):
        site.upstream.calls.clear()
        site.database.calls.clear()
        case.compare(await site.get(f"/k302/{case.path}", headers=case.sent))
        asked = (len(site.upstream.calls), len(site.database.calls))
        expected = (case.desks, int(case.sent.get("User-Agent") != ROBOT))
        assert asked == expected, (
            f"GET /k302/{case.path} with {case.sent}: (calls of desks, queries) {asked}; "
            f"expected {expected}."
        )


@check(task=4, rows=drafts)
async def requests_at_once_share_nothing(site: Site, draw: Draw) -> None:
    """Readers whose queries and desks are awaited at one time are each given their own edition."""
    (row,) = drafts(draw)
    editions = draw.sample(("morning", "evening"), 2)
    draft = row["fields"]["slug"]
    site.upstream.answer = lambda call: f"about {call.given[-1]}"
    stored = labelled(editions[1]) | {"Cache-Control": "private, no-store"}
    mine = Case(
        "stories/rain/",
        200,
        f"about rain; {editions[0]} edition",
        labelled(editions[0]),
        {"X-Edition": editions[0]},
    )
    others = Case(
        f"stories/{draft}/?preview={KEY}",
        200,
        f"about {draft}; {editions[1]} edition",
        stored,
        {"X-Edition": editions[1]},
    )
    site.database.hold()
    site.upstream.hold()

    async with site.asked("GET", f"/k302/{mine.path}", headers=mine.sent) as first:
        await site.database.together(1, first)
        async with site.asked("GET", f"/k302/{others.path}", headers=others.sent) as second:
            await site.database.together(2, second)
            site.database.release()
            await site.upstream.together(2, second)
            site.upstream.release()
            mine.compare(await first.task)
            others.compare(await second.task)
