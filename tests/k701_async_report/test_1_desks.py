"""The desks: all are asked at once, and none is left behind."""

import asyncio

import pytest
from asgiref.sync import iscoroutinefunction

from dojo.instruments.service import Service
from katas.k701_async_report import views
from tests.k701_async_report.newsdesks import NAMES, TAKES
from tests.k701_async_report.site import PATH, REPORT, Site, contains, noting_errors, told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database("file")]

quietly = pytest.mark.usefixtures("nobody_listens")


@pytest.mark.task(1)
def test_the_view_is_asynchronous() -> None:
    """The view is a coroutine function, so that whoever waits for desks holds up no thread."""
    assert iscoroutinefunction(views.async_report), (
        "iscoroutinefunction(async_report) is False: Django takes it for a sync view, and gives it "
        "a thread for as long as the desks take; expected True. (task 1)"
    )


@quietly
@pytest.mark.task(1)
@pytest.mark.parametrize("names", [[], ["opera"], NAMES], ids=["none", "one", "three"])
async def test_the_stories_of_the_desks(site: Site, service: Service, names: list[str]) -> None:
    """The report has the story of each desk in the query, by name."""
    answer = await site.ask(f"{PATH}?{'&'.join(f'desk={name}' for name in names)}")
    stories = answer.part("stories", task=1)

    expected = {name: service.answers[name] for name in names}
    assert stories == expected, (
        f"{answer.call}: stories are {stories}; expected {expected}. (task 1)"
    )


@quietly
@pytest.mark.task(1)
async def test_all_desks_are_asked_at_once(site: Site, service: Service) -> None:
    """Three desks are in flight together, and the report takes as long as the slowest."""
    (await site.ask()).check(200, task=1)

    assert service.peak_in_flight == 3, service.explain(
        f"GET {REPORT}", expected="3 in flight together", task=1
    )
    assert service.elapsed == TAKES["sport"], service.explain(
        f"GET {REPORT}", expected=f"{TAKES['sport']} s in all", task=1
    )


@quietly
@pytest.mark.task(1)
async def test_no_call_outlives_the_report(site: Site, service: Service) -> None:
    """When one desk fails, its error comes out once the other calls have ended."""
    error = ConnectionError("the line to the opera is down")
    service.fails("opera", error)

    with noting_errors() as errors:
        try:
            answer = await site.ask()
        except asyncio.CancelledError:
            pytest.fail(
                f"GET {REPORT}, and the opera's desk raised {error!r}: CancelledError came out of "
                "the view, as if its own client had left; expected that error, alone or in a "
                "group. (task 1)",
                pytrace=False,
            )

    answer.check(500, task=1)
    seen = "\n    ".join(map(told, errors)) or "nothing"
    assert any(contains(one, error) for one in errors), (
        f"GET {REPORT}, and the opera's desk raised {error!r}: out of the view came {seen}; "
        "expected that error, alone or in a group. (task 1)"
    )
    left = site.left[0]
    assert (left.still_open, left.hit_again) == ((), ()), (
        f"GET {REPORT}, and the opera's desk failed: {left}; expected none, and none. (task 1)"
    )
    seen_cut = sorted(site.desks.cut_off)
    assert seen_cut == ["city", "sport"], (
        f"GET {REPORT}, and the opera's desk failed first: calls of desks that were cancelled "
        f"{seen_cut}; expected ['city', 'sport']. (task 1)"
    )


@quietly
@pytest.mark.task(1)
async def test_only_get(site: Site, service: Service) -> None:
    """A POST is answered with 405, and no desk is asked."""
    answer = await site.ask(method="POST")

    answer.check(405, task=1)
    assert service.calls == 0, (
        f"POST {REPORT}: {service.calls} calls of desks; expected 0. (task 1)"
    )
