"""From sync code, for an article that quotes no other."""

import pytest

from dojo.instruments.clock import Clock
from dojo.instruments.service import Service
from katas.k405_no_deadlock_bridge.bridge import load
from katas.k405_no_deadlock_bridge.core import Sheet, aload
from katas.newsroom.models import Article
from tests.k405_no_deadlock_bridge.asking import DeskCall, check_no_loop_left, loaded
from tests.k405_no_deadlock_bridge.conftest import Add

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("file")]


@pytest.mark.task(1)
def test_returns_the_sheet(add: Add, service: Service) -> None:
    """`load` returns the sheet that the core makes: title, kicker from the desk, text."""
    add("calendar", "The 24th.")

    sheet = loaded("calendar")

    expected = Sheet("Calendar", str(service.answers["calendar"]), "The 24th.")
    assert sheet == expected, f"load('calendar') returned {sheet!r}; expected {expected!r}."


@pytest.mark.task(1)
def test_asks_again_each_time(add: Add, desk_calls: list[DeskCall]) -> None:
    """A second `load` asks the database and the desk again."""
    add("calendar", "The 24th.")
    first = loaded("calendar").text
    Article.objects.update(body="The 25th.")

    second = loaded("calendar").text

    seen, expected = (first, second, len(desk_calls)), ("The 24th.", "The 25th.", 2)
    assert seen == expected, (
        "load('calendar'), then the article is corrected, then load('calendar'): the texts and "
        f"the number of calls of the desk are {seen!r}; expected {expected!r}."
    )


@pytest.mark.task(1)
def test_makes_what_the_core_makes(add: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    """When somebody changes `aload`, `load` returns what it returns now."""
    add("calendar", "The 24th.")

    async def changed(slug: str) -> Sheet:
        return Sheet(slug.upper(), "changed", "changed")

    # In place: whoever has imported the core, or wrapped it, gets the change.
    monkeypatch.setattr(aload, "__code__", changed.__code__)

    sheet, expected = loaded("calendar"), Sheet("CALENDAR", "changed", "changed")
    assert sheet == expected, (
        f"load('calendar'), where `await aload('calendar')` returns {expected!r}, returned "
        f"{sheet!r}; expected the same."
    )


@pytest.mark.task(1)
@pytest.mark.parametrize(
    "error",
    [None, ConnectionError("the desk is not there"), RuntimeError("out of paper")],
    ids=["DoesNotExist", "ConnectionError", "RuntimeError"],
)
def test_errors_of_the_core_come_out(
    add: Add, service: Service, desk_calls: list[DeskCall], error: Exception | None
) -> None:
    """What the core raises, `load` raises: the very same type and words, after one try."""
    add("calendar", "The 24th.")
    if error:
        service.fails("calendar", error)
    slug, expected = (
        ("calendar", f"{type(error).__name__}: {error}")
        if error
        else ("missing", "DoesNotExist: Article matching query does not exist.")
    )
    check_no_loop_left(f"load({slug!r})")

    try:
        returned: object = load(slug)
    except Exception as raised:
        seen = f"raised {type(raised).__name__}: {raised}"
    else:
        seen = f"returned {returned!r}"

    assert seen == f"raised {expected}", f"load({slug!r}) {seen}; expected {expected}"
    calls, once = len(desk_calls), 1 if error else 0
    assert calls == once, (
        f"load({slug!r}), which raised {expected}, asked the desk {calls} times; expected {once}."
    )


@pytest.mark.task(1)
def test_waits_as_long_as_it_takes(add: Add, service: Service, clock: Clock) -> None:
    """A desk that takes ten minutes gets ten minutes."""
    add("calendar", "The 24th.")
    service.takes(600)

    text = loaded("calendar").text

    seconds = round(clock.elapsed, 6)
    assert (text, seconds) == ("The 24th.", 600), (
        f"load('calendar'), for which the desk takes 600 s: text {text!r} after {seconds:g} s; "
        "expected 'The 24th.' after 600 s."
    )
