"""One office fails: the others are called off at once, and to the end, before the answer."""

import secrets

import pytest

from katas.k503_all_or_nothing.offices import OfficeError
from tests.k503_all_or_nothing.night import ElectionNight, cancelled_twice
from tests.k503_all_or_nothing.offices_down import NAMES, one_fails, some_answer
from tests.k503_all_or_nothing.readers import Readers

pytestmark = pytest.mark.urls("katas.k503_all_or_nothing.urls")

# Who looks every millisecond, or every hundredth of one, sees it late.
BETWEEN_S = 0.123457


@pytest.mark.task(2)
@pytest.mark.parametrize("answered", [[], ["west"]], ids=["nobody answered", "west answered"])
async def test_there_is_no_page_without_all(
    readers: Readers, night: ElectionNight, answered: list[str]
) -> None:
    """When one of the offices fails, the answer is a 502 without any votes."""
    one_fails(night, "south")
    some_answer(night, answered)
    # Longer than any number in the text of an error.
    night.counted = {name: 10**7 + secrets.randbelow(10**7) for name in answered}

    answer = await readers.get(*answered, *NAMES)

    status, shown = answer.status, answer.content.keys() & {"districts", "total"}
    assert status == 502, f"{answer}; expected 502. (task 2){answer.calls}"
    assert not shown, f"{answer}: {answer.content}; expected no votes at all. (task 2)"
    told = [name for name, votes in night.counted.items() if str(votes) in answer.body]
    assert not told, (
        f"{answer}: {answer.body}; it has the votes of {', '.join(told)}; "
        "expected no votes at all. (task 2)"
    )


@pytest.mark.task(2)
@pytest.mark.parametrize(
    ("failing", "at", "answered"),
    [("north", 0.1, []), ("east", BETWEEN_S, []), ("south", 0.1, ["west"])],
)
async def test_the_others_are_called_off_at_once(
    readers: Readers, night: ElectionNight, failing: str, at: float, answered: list[str]
) -> None:
    """The first failure, wherever and whenever it is, ends all calls that are under way."""
    one_fails(night, failing, at)
    some_answer(night, answered)

    answer = await readers.get(*answered, *NAMES)

    others = [line for line in night.lines if line.district not in {failing, *answered}]
    ended = {(line.ended, line.at) for line in others}
    assert ended == {("called off", at)}, (
        f"{answer}; '{failing}' failed at {at:g} s; expected the two others to be called off at "
        f"{at:g} s. (task 2){answer.calls}"
    )
    assert len(night.lines) == len(answered) + 3, (
        f"{answer}; {len(night.lines)} calls; expected each office to be asked once. (task 2)"
        f"{answer.calls}"
    )


@pytest.mark.task(2)
@pytest.mark.parametrize("calling_off_takes", [BETWEEN_S, 75.0])
async def test_lines_are_free_when_the_answer_comes(
    readers: Readers, night: ElectionNight, calling_off_takes: float
) -> None:
    """The answer waits until the last call has been called off, however long, and no longer."""
    one_fails(night, "south")
    night.calling_off_takes = {"north": 0.1, "east": calling_off_takes}

    answer = await readers.get(*NAMES)

    lines = answer.lines
    assert lines, f"{answer}; expected three offices to be asked. (task 2){answer.calls}"
    twice = cancelled_twice(lines)
    assert not twice, f"{twice} (task 2)\n  {answer}.{answer.calls}"
    engaged = [line.district for line in lines if line.free is None]
    assert not engaged, (
        f"{answer}; lines that were not free then: {', '.join(engaged)}; expected none: "
        f"calling off must have ended. (task 2){answer.calls}"
    )
    last = max(line.free or 0.0 for line in lines)
    at = answer.at
    assert at == last, (
        f"{answer}; expected the answer at {last:g} s, when the last line was free. (task 2)"
        f"{answer.calls}"
    )


@pytest.mark.task(2)
@pytest.mark.parametrize("kind", [OfficeError, ValueError])
async def test_a_second_failure_cancels_nobody_again(
    readers: Readers, night: ElectionNight, kind: type[Exception]
) -> None:
    """A call that fails while it is called off leaves alone those that are being called off."""
    one_fails(night, "south")
    night.breaks["east"] = kind("east: the line broke")
    night.calling_off_takes = {"north": 0.5, "east": 0.1}

    answer = await readers.get(*NAMES)

    # Those that the answer did not wait for count as well.
    twice = cancelled_twice(night.lines)
    assert not twice, (
        f"{twice} (task 2)\n  {answer}; 'south' failed at 0.1 s, and 'east' raised "
        f"{kind.__name__} while it was called off.{answer.calls}"
    )


@pytest.mark.task(2)
@pytest.mark.parametrize("district", ["west", "north"])
async def test_another_reader_is_not_affected(
    readers: Readers, night: ElectionNight, district: str
) -> None:
    """A failure ends the calls of its own request, and another one does not wait for them."""
    one_fails(night, "south")
    night.takes |= {"west": 0.3, "north": 0.3}
    night.calling_off_takes = {"north": 9.0}
    during = ", while 'south' failed for another reader of 'north' and 'south'"
    expected = "200: only the calls of that request are called off. (task 2)"

    async with readers.asking("north", "south"):
        answer = await readers.get(district, during=during, expected=expected)

    rows = [{"district": district, "votes": night.votes(district)}]
    assert (answer.status, answer.content.get("districts")) == (200, rows), (
        f"{answer}: {answer.content}{during}; expected {expected}{answer.calls}"
    )
    assert answer.at == 0.3, (
        f"{answer}{during}, whose calls were being called off until 9.1 s; expected the answer at "
        f"0.3 s: nobody waits for the calls of another request. (task 2){answer.calls}"
    )
