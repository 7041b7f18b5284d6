"""The three together do what they did before: each answer is compared with the legacy stack's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest

from dojo.instruments.orm_guard import Queries
from dojo.instruments.service import Service
from katas.k302_modernise_the_stack.desks import DeskError
from katas.k302_modernise_the_stack.settings import MIDDLEWARE
from tests.k302_modernise_the_stack.asking import Answer, put, put_at_once
from tests.k302_modernise_the_stack.handlers import HANDLERS, Ask

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.database("file"),
    pytest.mark.usefixtures("articles"),
]

LEGACY = [path.replace("katas.", "tests.").replace("middleware", "legacy") for path in MIDDLEWARE]
NEIGHBOURS = "tests.k302_modernise_the_stack.neighbours."
STACKS = (
    ("ASGIHandler", [*MIDDLEWARE, NEIGHBOURS + "sync_only"]),
    ("WSGIHandler", [*MIDDLEWARE, NEIGHBOURS + "async_only"]),
    ("ASGIHandler", [NEIGHBOURS + "both", *MIDDLEWARE]),
)

COUNTED = ("queries", "calls of a desk")
ROBOT = ("User-Agent", "GreedyBot/1.0")
SUBSCRIBER = ("X-Subscriber", "yes")
EVENING = ("X-Edition", "evening")
NOON = ("X-Edition", "noon")
ASKS = (
    Ask("/stories/rain/", (EVENING,)),
    Ask("/stories/rain/", (NOON,)),
    Ask("/stories/rain/", (ROBOT, NOON)),
    Ask("/stories/scoop/", (ROBOT,)),
    Ask("/stories/scoop/", (NOON,)),
    Ask("/stories/scoop/?preview=soap"),
    Ask("/stories/scoop/?preview=printers-ink", (EVENING,)),
    Ask("/stories/sport/", (EVENING,)),
    Ask("/stories/fire/"),
    Ask("/analyses/rain/", (EVENING,)),
    Ask("/analyses/rain/", (SUBSCRIBER,)),
    Ask("/analyses/sport/", (SUBSCRIBER,)),
    Ask("/analyses/fire/", (EVENING, SUBSCRIBER)),
    Ask("/imprint/", (EVENING,)),
    Ask("/nowhere/"),
    Ask("/stories/scoop/?preview="),
    Ask("/stories/rain/", (("X-Edition", ""),)),
    Ask("/analyses/rain/", (("X-Subscriber", ""),)),
    Ask("/stories/leak/?preview=printers-ink", (EVENING,)),
    Ask("/analyses/scoop/"),
    Ask("/stories/scoop/", method="POST"),
    Ask("/stories/rain/", (("User-Agent", "Reader, like GreedyBot/1.0"),)),
    Ask("/stories/scoop/?preview=%C3%A9"),
)


@pytest.fixture
def pages(desks: Service) -> None:
    """Some pages take longer than others, and three of them fail."""
    desks.takes({"rain": 0.3, "scoop": 0.1})
    desks.fails("sport", DeskError("sport"))
    desks.fails("leak", DeskError("leak"))
    desks.fails("fire", RuntimeError("the ink is out"))


@pytest.fixture
def before(pages: None, settings: Settings, desks: Service, queries: Queries) -> list[Answer]:
    """What the legacy stack answers to each request, in the mode that it was written for."""
    settings.MIDDLEWARE = LEGACY
    return put("Client", *ASKS, watched=lambda: (len(queries), int(desks.calls)))


def expect_no_difference(
    call: str, asks: Iterable[Ask], before: Iterable[Answer], after: Iterable[Answer]
) -> None:
    """Fail if an answer is not as before, and say of which request and in what."""
    if found := differences(asks, before, after):
        pytest.fail(f"{call}, not as before:\n{found}\n(task 4)", pytrace=False)


def differences(asks: Iterable[Ask], before: Iterable[Answer], after: Iterable[Answer]) -> str:
    """Say of each request in what its answer differs from the one before, line by line."""
    lines = []
    for ask, old, new in zip(asks, before, after, strict=True):
        facts = [("", str(new), str(old.status))]
        if new.status == old.status:
            names = sorted({*old.headers, *new.headers})
            facts = [
                (f"{name}: ", str(new.headers.get(name)), str(old.headers.get(name)))
                for name in names
            ]
            facts.append(("body: ", new.page, old.page))
            if new.page == old.page:
                facts[-1] = ("body: ", repr(new.body), repr(old.body))
        facts += [
            (f"{what}: ", str(has), str(had))
            for what, has, had in zip(COUNTED, new.raised, old.raised, strict=False)
        ]
        found = [f"\n    {what}{has}; expected {had}" for what, has, had in facts if has != had]
        lines += [f"{ask}{''.join(found)}"] if found else []
    return "\n".join(lines)


@pytest.mark.task(4)
def test_every_answer_is_as_before(
    before: list[Answer], settings: Settings, desks: Service, queries: Queries
) -> None:
    """Each response is that of the legacy stack, and database and desks are asked as often."""
    settings.MIDDLEWARE = MIDDLEWARE
    for handler in HANDLERS:
        after = put(handler, *ASKS, watched=lambda: (len(queries), int(desks.calls)))

        expect_no_difference(f"By {handler}", ASKS, before, after)


@pytest.mark.task(4)
def test_requests_at_once_share_nothing(before: list[Answer], settings: Settings) -> None:
    """Requests that are under way together are answered like those that come one by one."""
    settings.MIDDLEWARE = MIDDLEWARE
    after = put_at_once(*ASKS)

    expect_no_difference("All requests at once, by ASGIHandler", ASKS, before, after)


@pytest.mark.task(4)
@pytest.mark.usefixtures("pages")
def test_neighbours_decide_the_mode(settings: Settings) -> None:
    """Whatever middleware of others is next to the three, they work in the mode that it leaves."""
    asks = ASKS[::3]
    settings.MIDDLEWARE = LEGACY
    before = put("Client", *asks)
    for handler, stack in STACKS:
        settings.MIDDLEWARE = stack
        after = put(handler, *asks)

        names = ", ".join(path.rpartition(".")[2] for path in stack)
        expect_no_difference(f"By {handler} with {names}", asks, before, after)
