"""From sync code: a shell, a thread, a management command."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import connections

from dojo.instruments.service import Service
from katas.k405_no_deadlock_bridge.bridge import load
from katas.k405_no_deadlock_bridge.core import Sheet
from katas.newsroom.models import Article
from tests.k405_no_deadlock_bridge.asking import DeskCall, loaded
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
@pytest.mark.parametrize("where", ["database", "desk"])
def test_errors_of_the_core_come_out(add: Add, service: Service, where: str) -> None:
    """What the core raises, `load` raises: the very same type and words."""
    add("calendar", "The 24th.")
    service.fails("calendar", ConnectionError("the desk is not there"))
    slug, expected = (
        ("missing", "DoesNotExist: Article matching query does not exist.")
        if where == "database"
        else ("calendar", "ConnectionError: the desk is not there")
    )

    try:
        returned: object = load(slug)
    except Exception as error:
        seen = f"raised {type(error).__name__}: {error}"
    else:
        seen = f"returned {returned!r}"

    assert seen == f"raised {expected}", f"load({slug!r}) {seen}; expected {expected}"


@pytest.mark.task(1)
def test_sheets_within_sheets(quoting: str) -> None:
    """`load` works within `load`, four deep: the typesetter calls it for each quotation."""
    text = loaded("harbour").text

    assert text == quoting, f"load('harbour').text is {text!r}; expected {quoting!r}."


@pytest.mark.task(1)
def test_a_command_prints_a_sheet(quoting: str, service: Service) -> None:
    """`manage.py print_sheet harbour` prints the sheet."""
    printed = io.StringIO()

    call_command("print_sheet", "harbour", stdout=printed)

    expected = f"Harbour\n{service.answers['harbour']}\n{quoting}\n"
    assert printed.getvalue() == expected, (
        f"manage.py print_sheet harbour printed {printed.getvalue()!r}; expected {expected!r}."
    )


@pytest.mark.task(1)
def test_works_in_any_thread(quoting: str) -> None:
    """`load` works in a thread that is not the main one."""

    def work() -> str:
        try:
            return loaded("harbour").text
        finally:
            connections.close_all()

    pool = ThreadPoolExecutor(max_workers=1)
    try:
        text = pool.submit(work).result()
    finally:
        pool.shutdown(wait=False)

    assert text == quoting, f"load('harbour').text in a thread is {text!r}; expected {quoting!r}."


@pytest.mark.task(1)
def test_leaves_no_loop_behind(quoting: str, desk_calls: list[DeskCall]) -> None:
    """When `load` has returned, each loop that the core ran on is closed."""
    loaded("harbour")

    loops = {call.loop for call in desk_calls}
    left = sum(not loop.is_closed() for loop in loops)
    assert not left, (
        f"load('harbour') from sync code, four sheets deep, ran the core on {len(loops)} "
        f"event loop(s), of which {left} are open afterwards; expected none left open."
    )
