"""When the judge waits no longer: a site that stands still, and one that only seems to."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from dojo import catalogue
from dojo.blackbox import Draw, Site, Upstream, as_json, waiting
from dojo.blackbox.checks import Check, Checks
from dojo.blackbox.waiting import LOOKS, Patience
from dojo.grading import kit, outside
from dojo.grading.model import Verdict
from dojo.grading.outside import Stand
from dojo.grading.sandbox import stillness
from dojo.grading.whitebox import Walls
from tests.dojo.grading.conftest import LIMITS
from tests.dojo.house import CLONE

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]
VIEWS = """
import asyncio
import time

from django.http import JsonResponse


async def front_page(request, desks):
    match request.GET["desk"]:
        case "sleeps":
            await asyncio.sleep(600)
        case "blocks":
            await asyncio.to_thread(time.sleep, 600)
        case "later":
            await asyncio.sleep(0.5)
        case "computes":
            while True:
                pass
    return JsonResponse({"desk": request.GET["desk"]})
"""
STANDS, WAITED = "The site stands still.", "The judge has waited for {} s."


@pytest.fixture(scope="module")
def stand(walls: Walls, tmp_path_factory: pytest.TempPathFactory) -> Stand:
    """Return a site whose pages take their time."""
    k102 = catalogue.find(catalogue.load(CLONE), "k102")
    submission = tmp_path_factory.mktemp("submission")
    submission.chmod(0o755)
    (submission / "views.py").write_text(VIEWS)
    own = kit.build(CLONE, [k102], tmp_path_factory.mktemp("kit"))
    return Stand(own, k102, Checks(()), submission, walls.level, LIMITS, "seed")


def ended(stand: Stand, waits: dict[str, int]) -> list[str]:
    """Ask for pages, each with its seconds of patience; returns what ended the waits for them."""
    seen: list[str] = []

    async def ask(site: Site, draw: Draw) -> None:
        for desk, site.patience.seconds in waits.items():
            try:
                said = as_json(await site.get(f"/k102/front-page/?desk={desk}"))
                seen.append(said["desk"])
            except AssertionError as error:
                seen.append(str(error).partition(": no answer. ")[2])

    mark = outside.mark(stand, Check("ask", "Ask.", 1, ask))
    assert mark.verdict is Verdict.PASSED, mark
    return seen


def test_only_a_site_that_sleeps_ends_a_wait_early(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A timer that is shorter is waited for, and who computes gets all the time."""
    monkeypatch.setattr(waiting, "LOOKS", 5)
    waits = {"sleeps": 200, "blocks": 200, "later": 200, "computes": 2}

    assert ended(stand, waits) == [STANDS, STANDS, "later", WAITED.format(2)]


def test_where_nothing_can_be_told_the_judge_waits(
    stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "LOOKS", 2)
    monkeypatch.setattr(stillness, "PROC", str(tmp_path))

    assert ended(stand, {"sleeps": 2}) == [WAITED.format(2)]


@pytest.mark.parametrize(
    ("state", "account", "found"),
    [
        ("S", "70 8 9", [70, 70]),
        ("R", "70 8 9", None),
        ("D", "70 8 9", None),
        ("S", "0 0 0", None),
        ("S", "", None),
        ("", "70 8 9", None),
        ("S", None, None),
    ],
)
def test_a_run_sleeps_if_all_its_threads_are_seen_to(
    state: str,
    account: str | None,
    found: list[int] | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As in proc_pid_stat(5), of which a name can be anything; 0 is what says nothing."""
    monkeypatch.setattr(stillness, "PROC", str(tmp_path))
    for thread, its_state, its_account in (
        ("1/task/1", "S", "70 8 9"),
        ("2/task/3", state, account),
    ):
        place = tmp_path / thread
        place.mkdir(parents=True)
        (place / "stat").write_text(f"3 (a) R b) {its_state} 1 1")
        if its_account is not None:
            (place / "schedstat").write_text(its_account)
    seen = stillness.asleep([1, 2])

    assert (seen if seen is None else list(seen.values())) == found
    assert stillness.asleep([1, 2, 4]) is None, "one that has ended"
    assert stillness.asleep([]) is None


async def stands_still(patience: Patience) -> None:
    """Let so many looks see the site stand still as it takes."""
    for _ in range(LOOKS):
        await patience.heed(True)
    for _ in range(10):
        await asyncio.sleep(0)


async def test_the_wait_that_has_begun_last_ends_first() -> None:
    """A site may wait for what the check does after it: for a call to be released, say."""
    patience = Patience(600)
    page = asyncio.create_task(patience.answer(asyncio.Event().wait(), "GET /"))
    await asyncio.sleep(0)
    call = asyncio.create_task(patience.until(lambda: False, lambda: "No call."))
    await asyncio.sleep(0)
    await stands_still(patience)
    assert (page.done(), call.done()) == (False, True)
    with pytest.raises(AssertionError, match=r"^No call\. The site stands still\.$"):
        await call
    await patience.heed(True)
    assert not page.done()
    await stands_still(patience)
    assert page.done()
    with pytest.raises(AssertionError, match=r"^GET /: no answer\. The site stands still\.$"):
        await page


async def test_what_a_check_waits_for_beside_a_page_ends_first(tmp_path: Path) -> None:
    """So that the check says what it has seen, or lets the page go on."""
    patience = Patience(600)
    upstream = Upstream(patience)
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "site.sock"))
        silent.listen()
        site = Site(tmp_path / "site.sock", upstream, upstream, patience)
        async with site.asked("GET", "/") as page:
            looks = asyncio.create_task(stands_still(patience))
            with pytest.raises(AssertionError, match=r"^No call\. The site stands still\.$"):
                await patience.until(lambda: False, lambda: "No call.", unless=page.task.done)
            await looks
            assert not page.task.done()
        await site.client.aclose()


async def test_what_is_done_or_sent_begins_a_new_count() -> None:
    """And so does what has been sent, and is being taken, at the last look."""
    patience = Patience(600)
    wait = asyncio.create_task(patience.until(lambda: False, str))
    await asyncio.sleep(0)

    async def come() -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        patience.look()

    for _ in range(LOOKS - 1):
        await patience.heed(True)
    coming = asyncio.create_task(come())
    await patience.heed(True)
    await coming
    for _ in range(LOOKS - 1):
        await patience.heed(True)
    await patience.heed(False)
    await patience.heed(True)
    assert not wait.done()
    wait.cancel()
