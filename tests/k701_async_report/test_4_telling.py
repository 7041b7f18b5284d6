"""The receivers: all are told, whatever becomes of one of them."""

import asyncio
import weakref
from typing import Any

import pytest
from asgiref.sync import async_to_sync, iscoroutinefunction

from dojo.instruments.clock import Clock
from dojo.instruments.service import Service
from katas.k701_async_report import receivers
from katas.k701_async_report.signals import report_ready
from tests.k701_async_report.archive import failing
from tests.k701_async_report.newsdesks import NAMES, Office
from tests.k701_async_report.site import IDS, REPORT, Site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("file")]

READERS = ["reader-17", "reader-18", "reader-19"]


def print_it(sender: Any, *, desks: list[str], **kwargs: Any) -> str:
    """Be told, as a sync receiver."""
    return f"printed {', '.join(desks)}"


async def post_it(sender: Any, *, desks: list[str], **kwargs: Any) -> str:
    """Be told, as an async receiver."""
    await asyncio.sleep(0.173)
    return f"posted {', '.join(desks)}"


def file_it(sender: Any, **kwargs: Any) -> None:
    """Be told, and return nothing."""


def jam(sender: Any, **kwargs: Any) -> str:
    """Fail, as a sync receiver."""
    raise OSError("paper jam")


async def bounce(sender: Any, **kwargs: Any) -> str:
    """Fail, as an async receiver, before others are done."""
    await asyncio.sleep(0.029)
    raise ConnectionError("no such address")


PRINTED = {"print_it": f"printed {', '.join(NAMES)}"}
POSTED = {"post_it": f"posted {', '.join(NAMES)}"}
FILED: dict[str, object] = {"file_it": None}
OWN = {"note_in_ledger": 701, "page_the_editor": "page 1"}


def connected() -> int:
    """Return how many receivers there are; one that nobody holds any more is none."""
    held = [entry[1] for entry in report_ready.receivers]
    return sum(not isinstance(one, weakref.ReferenceType) or one() is not None for one in held)


async def check_told(site: Site, expected: dict[str, object], because: str) -> None:
    """Fail if the report says that others were told, or something else."""
    __tracebackhide__ = True
    site.serve(middleware=[IDS])
    answer = await site.ask(brings="reader-17")
    told = answer.part("told", task=4)
    assert told == expected, (
        f"{answer.call}, {because}: told is {told}; expected {expected}. (task 4)"
    )


@pytest.mark.task(4)
async def test_ledger_and_pager(site: Site, office: Office) -> None:
    """Ledger and pager get id and desks of the report, and `told` has what they return."""
    office.page_takes_s = 0.219

    await check_told(site, OWN, "with ledger and pager")

    seen = (office.notes, office.pages)
    expected = ([("reader-17", NAMES)], ["reader-17"])
    assert seen == expected, (
        f"GET {REPORT} with X-Request-ID 'reader-17': the ledger's entries and the pager's calls "
        f"are {seen}; expected {expected}. (task 4)"
    )


@pytest.mark.task(4)
async def test_the_ledger_stays_off_the_loop(site: Site, office: Office) -> None:
    """The ledger, which blocks, is used in a thread without an event loop."""
    site.serve(middleware=[IDS])

    (await site.ask()).check(200, task=4)

    seen = (len(office.notes), office.noted_on_loop)
    assert seen == (1, 0), (
        f"GET {REPORT}: {seen[0]} entries in the ledger, {seen[1]} of them on the event loop's "
        "thread; expected 1, and 0: it would block the loop. (task 4)"
    )


@pytest.mark.task(4)
async def test_others_who_are_connected(site: Site) -> None:
    """Whoever else is connected is told as well, sync or async, and `told` has it by name."""
    report_ready.connect(post_it)
    report_ready.connect(print_it)
    report_ready.connect(file_it)

    others = "print_it, post_it, and file_it, which returns None,"
    await check_told(site, OWN | PRINTED | POSTED | FILED, f"with {others} connected")


@pytest.mark.task(4)
@pytest.mark.parametrize("first", [True, False], ids=["first", "last"])
@pytest.mark.parametrize("failing", [[jam], [bounce], [jam, bounce]], ids=["sync", "async", "both"])
async def test_a_receiver_that_raises(site: Site, failing: list[Any], first: bool) -> None:
    """A receiver that raises is left out; the others are told, and the report is sent."""
    known = list(report_ready.receivers)
    if first:
        report_ready.receivers.clear()
    for receiver in failing:
        report_ready.connect(receiver)
    report_ready.connect(post_it)
    report_ready.connect(print_it)
    if first:
        report_ready.receivers.extend(known)

    names = " and ".join(receiver.__name__ for receiver in failing)
    await check_told(site, OWN | PRINTED | POSTED, f"and {names} raised")


@pytest.mark.task(4)
@pytest.mark.parametrize("failing", ["ledger", "pager"])
async def test_ledger_or_pager_fails(site: Site, office: Office, failing: str) -> None:
    """When the ledger or the pager fails, the other one is told, and the report is sent."""
    office.fails[failing] = OSError(f"the {failing} is broken")
    mine = {"ledger": "note_in_ledger", "pager": "page_the_editor"}[failing]

    left = {name: answer for name, answer in OWN.items() if name != mine}
    await check_told(site, left, f"and the {failing} raised")


@pytest.mark.task(4)
async def test_they_are_connected_at_import(site: Site) -> None:
    """Two receivers are connected before the first request, and two after it."""
    before = connected()
    await site.ask()
    after = connected()

    assert (before, after) == (2, 2), (
        f"receivers of report_ready: {before} when receivers.py has been imported, {after} after "
        f"GET {REPORT}; expected 2, note_in_ledger and page_the_editor, and 2. (task 4)"
    )


@pytest.mark.task(4)
async def test_each_is_told_once(site: Site, office: Office) -> None:
    """Of three requests, two of them at once, ledger and pager are told once each."""
    office.page_takes_s = 0.219
    site.serve(middleware=[IDS])

    answers = [await site.ask(brings=READERS[0])]
    answers += await asyncio.gather(*(site.ask(brings=reader) for reader in READERS[1:]))

    for answer in answers:
        answer.check(200, task=4)
    seen = sorted(str(reader) for reader, _ in office.notes), sorted(map(str, office.pages))
    assert seen == (READERS, READERS), (
        f"GET {REPORT}, three times, by {READERS}: ids in the ledger {seen[0]}, with the pager "
        f"{seen[1]}; expected each of them once. (task 4)"
    )


@pytest.mark.task(4)
async def test_nobody_is_told_of_no_report(site: Site, office: Office, service: Service) -> None:
    """When a desk fails, there is no report, and nobody is told of one."""
    service.fails("sport", ConnectionError("the line to the stadium is down"))
    site.serve(middleware=[IDS])

    (await site.ask()).check(500, task=4)

    seen = len(office.notes), len(office.pages)
    assert seen == (0, 0), (
        f"GET {REPORT}, and the sport desk failed: told ledger and pager {seen} times; expected "
        "(0, 0). (task 4)"
    )


@pytest.mark.task(4)
async def test_nobody_is_told_without_archive(site: Site, office: Office) -> None:
    """When the archive can't be read, there is no report, and nobody is told of one."""
    site.serve(middleware=[IDS])

    with failing() as error:
        (await site.ask()).check(500, task=4)

    seen = len(office.notes), len(office.pages)
    assert seen == (0, 0), (
        f"GET {REPORT}, and each query raised {error!r}: told ledger and pager {seen} times; "
        "expected (0, 0). (task 4)"
    )


@pytest.mark.task(4)
async def test_the_pager_waits_for_nobody(office: Office, clock: Clock) -> None:
    """`page_the_editor` alone returns what the pager says, without waiting for others."""
    said = await receivers.page_the_editor(sender=None, signal=report_ready, desks=NAMES)

    took_s = float(clock.elapsed)
    assert (said, took_s) == ("page 1", 0), (
        f"page_the_editor(…) while no other receiver runs: returned {said!r} after "
        f"{took_s:g} s; expected 'page 1' after 0 s. (task 4)"
    )


@pytest.mark.task(4)
def test_the_ledger_waits_for_nobody(office: Office, clock: Clock) -> None:
    """`note_in_ledger` alone, as where sync receivers come first, depends on no other one."""
    note: Any = receivers.note_in_ledger
    if iscoroutinefunction(note):
        note = async_to_sync(note)
    number = note(sender=None, signal=report_ready, desks=NAMES)

    took_s = float(clock.elapsed)
    assert (number, took_s) == (701, 0), (
        f"note_in_ledger(…) while no other receiver runs: returned {number} after "
        f"{took_s:g} s; expected 701 after 0 s. (task 4)"
    )
