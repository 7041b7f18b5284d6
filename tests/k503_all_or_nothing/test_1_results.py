"""All is well: every office is asked at once, and the page is in the order of the request."""

import pytest
from asgiref.sync import iscoroutinefunction
from django.urls import resolve

from tests.k503_all_or_nothing.night import ElectionNight
from tests.k503_all_or_nothing.readers import Readers

pytestmark = pytest.mark.urls("katas.k503_all_or_nothing.urls")

# More than anybody would take for a limit without saying so.
MANY = 20


@pytest.mark.task(1)
@pytest.mark.parametrize("counted", [{}, {"east": 0}], ids=["some votes", "no vote in east"])
async def test_shows_the_votes_in_the_order_of_the_request(
    readers: Readers, night: ElectionNight, counted: dict[str, int]
) -> None:
    """Districts, votes and their total, in the order of the request and not of the answers."""
    night.takes = {"south": 0.3, "north": 0.1, "east": 0.2}
    night.counted = dict(counted)

    answer = await readers.get("south", "north", "east")

    rows = [{"district": name, "votes": night.votes(name)} for name in ("south", "north", "east")]
    expected = {"districts": rows, "total": sum(map(night.votes, night.takes))}
    assert (answer.status, answer.content) == (200, expected), (
        f"{answer}: {answer.content}; expected 200: {expected}. (task 1){answer.calls}"
    )


@pytest.mark.task(1)
async def test_asks_all_offices_at_once(readers: Readers, night: ElectionNight) -> None:
    """Twenty offices are asked once each, at the same moment: the slowest one sets the time."""
    names = [f"d{number}" for number in range(1, MANY + 1)]
    night.takes = {name: 0.1 * (1 + place % 4) for place, name in enumerate(names)}

    answer = await readers.get(*names)

    asked = sorted((line.district, line.asked) for line in answer.lines)
    told = f"GET /results/ with {MANY} districts answered {answer.status} at {answer.at:g} s"
    late = sum(line.asked > 0.0 for line in answer.lines)
    calls = f"{late} of them were asked later than 0 s" if late else f"{len(asked)} calls"
    assert asked == sorted((name, 0.0) for name in names), (
        f"{told}{answer.cause}; {calls}; expected each of the {MANY} offices to be asked once, "
        f"at 0 s. (task 1){answer.calls}"
    )
    assert answer.at == 0.4, (
        f"{told}{answer.cause}; expected the answer at 0.4 s, with the slowest office. (task 1)"
        f"{answer.calls}"
    )


@pytest.mark.task(1)
async def test_no_districts(readers: Readers) -> None:
    """Without districts the page is empty, and the total is 0."""
    answer = await readers.get()

    expected = {"districts": [], "total": 0}
    assert (answer.status, answer.content) == (200, expected), (
        f"{answer}: {answer.content}; expected 200: {expected}. (task 1)"
    )


@pytest.mark.task(1)
def test_the_view_is_asynchronous() -> None:
    """What the URLconf calls for /results/ is a coroutine function."""
    view = resolve("/results/").func

    assert iscoroutinefunction(view), (
        f"iscoroutinefunction is False for the view at /results/ ({view!r}); expected True. "
        "(task 1)"
    )
