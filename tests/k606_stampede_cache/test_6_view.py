"""The view: ten readers, one question to the office, ten in the count."""

import asyncio
import inspect
import re

import pytest

from katas.k606_stampede_cache import views
from tests.k606_stampede_cache.site import Answer, Site

NORTH = {"Lighthouse": 4211, "Harbour": 3987}


def check_count(what: str, answers: list[Answer], first: int) -> None:
    """Fail unless these answers count on, each its own number, beginning with *first*."""
    __tracebackhide__ = True
    for one in answers:
        assert one.status == 200, f"{what}: {one}; expected 200. (task 6)"
    asked = sorted((one.asked for one in answers), key=str)
    asked = sorted(asked) if all(type(number) is int for number in asked) else asked
    expected = list(range(first, first + len(answers)))
    assert asked == expected, f"{what}: `asked` was {asked}; expected {expected}. (task 6)"


@pytest.mark.task(6)
async def test_ten_readers_and_one_question(site: Site) -> None:
    """Of ten readers at once, each gets the figures, and the office is asked once."""
    assert inspect.iscoroutinefunction(views.results), (
        "`views.results` is a sync function; expected an async view. (task 6)"
    )
    compute = site.office.expect("north", *[NORTH] * 10)
    answers = await site.get(*["north"] * 10)

    for one in answers:
        one.check("ten readers at once", "north", NORTH)
    compute.check_runs("GET /results/north/, ten readers at once", 1, 6)
    assert not site.cache.on_loop, (
        "GET /results/north/, ten readers at once: on the loop's thread, these sync methods of the "
        f"cache were called: {', '.join(site.cache.on_loop)}; expected none. (task 6)"
    )


@pytest.mark.task(6)
@pytest.mark.parametrize(("age", "figures"), [(29, {"Harbour": 1}), (31, {"Harbour": 2})])
async def test_for_thirty_seconds(site: Site, age: float, figures: dict[str, int]) -> None:
    """The figures are cached for 30 seconds, also for another process."""
    site.office.expect("north", {"Harbour": 1}, {"Harbour": 2})
    await site.get("north")
    await asyncio.sleep(age)
    site.restart()
    (one,) = await site.get("north")

    one.check(f"{age} s after the first answer, from another process", "north", figures)


@pytest.mark.task(6)
async def test_no_votes_yet(site: Site) -> None:
    """Where there are no votes yet, that is an answer, and it is cached."""
    compute = site.office.expect("hills", None, {"Harbour": 1})
    (first,) = await site.get("hills")
    (second,) = await site.get("hills")

    first.check("no votes", "hills", None)
    second.check("no votes, for the second time", "hills", None)
    compute.check_runs("GET /results/hills/ twice, no votes", 1, 6)


@pytest.mark.task(6)
@pytest.mark.parametrize("gap_ms", [0, 0.7])
async def test_no_reader_is_lost(site: Site, gap_ms: float) -> None:
    """Ten readers, at once or one soon after the other, are ten in the count, and so the next."""
    place = f"lost-{gap_ms:g}".replace(".", "-")
    site.office.expect(place, NORTH)
    how = f"by ten readers, {gap_ms:g} ms one after the other"
    for first in (1, 11):
        answers = await site.get(*[place] * 10, gap=gap_ms / 1000)
        check_count(f"GET /results/{place}/ {how}, the first one number {first}", answers, first)


@pytest.mark.task(6)
async def test_another_process_counts_too(site: Site) -> None:
    """What another process counts between a read and a write of this one is not lost."""
    site.office.expect("shared", NORTH)
    await site.get("shared")
    site.cache.others = 10
    await site.get("shared")
    site.cache.others = 0
    others = site.cache.counted_by_others
    what = (
        f"GET /results/shared/ for the 3. time; the second time, another process counted {others} "
        "right after the number was read"
    )
    check_count(what, await site.get("shared"), 3 + others)


@pytest.mark.task(6)
async def test_the_count_stands_in_the_cache(site: Site) -> None:
    """When the cache has been emptied, the count begins at 1 again: it stands nowhere else."""
    site.office.expect("emptied", NORTH)
    await site.get("emptied", "emptied")
    await site.cache.aclear()
    what = "GET /results/emptied/ for the 3. time, when `cache.aclear()` has emptied the cache"
    check_count(what, await site.get("emptied"), 1)


@pytest.mark.task(6)
async def test_the_count_does_not_expire(site: Site) -> None:
    """The next reader is counted days later, and after a restart, as the one after the last."""
    site.office.expect("later", NORTH)
    await site.get("later", "later")
    for number, age in [(3, 301), (4, 90_000)]:
        await asyncio.sleep(age)
        site.restart()
        what = f"GET /results/later/ for the {number}. time, {age} s later, from another process"
        check_count(what, await site.get("later"), number)


@pytest.mark.task(6)
async def test_each_place_has_its_own(site: Site) -> None:
    """Two places, asked for at once, have their own figures, and their own count."""
    site.office.expect("east", *[NORTH] * 2)
    site.office.expect("west", *[None] * 3)
    answers = await site.get("east", "west", "east", "west", "west")

    for one, place in zip(answers, ["east", "west", "east", "west", "west"], strict=True):
        figures = NORTH if place == "east" else None
        one.check("east and west at once", place, figures)
    east, west = [answers[0], answers[2]], [answers[1], *answers[3:]]
    check_count("GET /results/east/ by two, and of /west/ by three at once: east", east, 1)
    check_count("GET /results/east/ by two, and of /west/ by three at once: west", west, 1)


def places_in_danger(keys: list[str], place: str) -> list[str]:
    """Return the places of which one key could be a key of *place*, as these are made from it."""
    found = set()
    for one in keys:
        before, its_name, after = one.partition(place)
        for other in keys if its_name else []:
            if other.startswith(before) and other.endswith(after):
                found.add(other[len(before) : len(other) - len(after)])
    return sorted(name for name in found - {place} if re.fullmatch(r"[-\w]+", name))


@pytest.mark.task(6)
async def test_no_place_takes_the_key_of_another(site: Site) -> None:
    """A place whose name is like a key that the view uses has its own figures, and its count."""
    site.office.expect("central", NORTH)
    first = await site.get("central")
    keys = site.cache.keys
    for name in places_in_danger(keys, "central"):
        site.office.expect(name, {"Harbour": 7})
        what = f"after /results/central/, which has the keys {', '.join(keys)}"
        answers = await site.get(name)
        answers[0].check(what, name, {"Harbour": 7})
        check_count(f"GET /results/{name}/, {what}", answers, 1)
    check_count("GET /results/central/, twice in all", first + await site.get("central"), 1)
