"""From sync code, where articles quote each other: calls within calls, four deep."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import connections

from dojo.instruments import learner
from dojo.instruments.service import Service
from tests.k405_no_deadlock_bridge.asking import DeskCall, check_no_loop_left, loaded
from tests.k405_no_deadlock_bridge.conftest import Add

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("file")]


@pytest.mark.task(1)
def test_sheets_within_sheets(quoting: str) -> None:
    """`load` works within `load`, four deep: the typesetter calls it for each quotation."""
    text = loaded("harbour").text

    assert text == quoting, f"load('harbour').text is {text!r}; expected {quoting!r}."


@pytest.mark.task(1)
def test_asks_again_within_a_sheet(add: Add, desk_calls: list[DeskCall]) -> None:
    """An article that is quoted twice is loaded twice."""
    add("calendar", "The 24th.")
    add("twice", "[[calendar]] [[calendar]]")

    loaded("twice")

    seen, expected = [call.slug for call in desk_calls], ["twice", "calendar", "calendar"]
    assert seen == expected, (
        "load('twice'), whose text is '[[calendar]] [[calendar]]', asked the desks for "
        f"{seen!r}; expected {expected!r}."
    )


@pytest.mark.task(1)
def test_a_command_prints_a_sheet(quoting: str, service: Service) -> None:
    """`manage.py print_sheet harbour` prints the sheet."""
    printed = io.StringIO()

    check_no_loop_left("manage.py print_sheet harbour")
    try:
        call_command("print_sheet", "harbour", stdout=printed)
    except Exception as error:
        pytest.fail(
            f"manage.py print_sheet harbour raised {learner.told(error)}\nExpected the sheet.",
            pytrace=False,
        )

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
