"""The report: each error that was raised, nothing else; and faults that are no office's."""

import pytest

from katas.k503_all_or_nothing.offices import OfficeError
from tests.k503_all_or_nothing.night import ElectionNight, cancelled_twice
from tests.k503_all_or_nothing.offices_down import ANSWERED_S, NAMES, one_fails, some_answer
from tests.k503_all_or_nothing.readers import Answer, Readers
from tests.k503_all_or_nothing.witness import errors_in

pytestmark = pytest.mark.urls("katas.k503_all_or_nothing.urls")


class Miscount(Exception):  # noqa: N818 - what is the case
    """A bug in the client of an office, which is not the office's failure."""


class BrokenLineError(OfficeError):
    """An OfficeError whose text is not what it was made of."""

    def __str__(self) -> str:
        return f"{self.args[0]}: the line broke after {self.args[1]} rings"


def check_report(answer: Answer, night: ElectionNight) -> None:
    """Fail if the answer is not a 502 that reports what has been raised."""
    __tracebackhide__ = True
    expected = [str(error) for error in night.raised]
    assert expected, f"{answer}; expected an office to be asked that fails. (task 3){answer.calls}"
    errors = answer.content.get("errors")
    got = sorted(map(str, errors)) if isinstance(errors, list) else None
    assert (answer.status, got) == (502, sorted(expected)), (
        f"{answer}: {answer.content}; raised by calls: {expected}; expected 502 with all of "
        f"these as `errors`, and no others. (task 3){answer.calls}"
    )


@pytest.mark.task(3)
@pytest.mark.parametrize(
    ("kind", "answered", "at"),
    [
        (OfficeError, [], 0.1),
        (BrokenLineError, [], 0.1),
        (OfficeError, ["west"], 0.1),
        (OfficeError, ["west"], ANSWERED_S),  # at the moment of the answer
    ],
)
async def test_reports_the_failure_alone(
    readers: Readers,
    night: ElectionNight,
    kind: type[OfficeError],
    answered: list[str],
    at: float,
) -> None:
    """One fails, others are called off or have answered: one error, also one of a subclass."""
    one_fails(night, "south", at)
    some_answer(night, answered)
    if kind is BrokenLineError:
        night.fails["south"] = BrokenLineError("south", 3)

    answer = await readers.get(*answered, "south", "north", "east")

    check_report(answer, night)


@pytest.mark.task(3)
@pytest.mark.parametrize("texts", ["two texts", "one text"])
async def test_reports_two_of_the_same_moment(
    readers: Readers, night: ElectionNight, texts: str
) -> None:
    """Two offices fail at the same moment: both are reported, also if they say the same."""
    error = one_fails(night, "east")
    one_fails(night, "south")
    if texts == "one text":
        night.fails["south"] = OfficeError(str(error))

    answer = await readers.get(*NAMES)

    check_report(answer, night)


@pytest.mark.task(3)
async def test_reports_what_fails_while_called_off(readers: Readers, night: ElectionNight) -> None:
    """An office fails, the line to another one breaks when it is called off: both are reported."""
    one_fails(night, "south")
    night.breaks["east"] = OfficeError("east: the line broke")

    answer = await readers.get(*NAMES)

    check_report(answer, night)


@pytest.mark.task(3)
@pytest.mark.parametrize(
    ("kind", "when"),
    [
        (Miscount, "alone"),
        (TimeoutError, "alone"),
        (ConnectionError, "alone"),
        (Miscount, "before a failure"),
        (Miscount, "after a failure"),
    ],
)
async def test_a_bug_is_not_a_bad_gateway(
    readers: Readers, night: ElectionNight, kind: type[Exception], when: str
) -> None:
    """An exception of another type comes out of the view, whatever else has failed."""
    bug, name = kind("south: the client is broken"), kind.__name__
    if when == "after a failure":
        one_fails(night, "north")
        night.breaks["south"] = bug
    else:
        one_fails(night, "south")
        night.fails["south"] = bug
    if when == "before a failure":
        night.breaks["north"] = OfficeError("north: the line broke")

    answer = await readers.get(*NAMES)

    if bug not in night.raised:  # nobody has called off that call; there are tests for it
        check_report(answer, night)
        return
    raised = " and ".join(type(error).__name__ for error in night.raised)
    status, came_out = answer.status, list(errors_in(answer.error)) if answer.error else []
    assert status == 500, (
        f"{answer}: {answer.content}; raised by calls: {raised}; expected {name} to come out of "
        f"the view, and so a 500. (task 3){answer.calls}"
    )
    assert any(error is bug for error in came_out), (
        f"{answer}; raised by calls: {raised}; out of the view came {answer.came_out}; "
        f"expected {name} to come out of the view, as it is or in an ExceptionGroup. (task 3)"
        f"{answer.calls}"
    )


@pytest.mark.task(3)
async def test_a_bug_calls_off_the_others_too(readers: Readers, night: ElectionNight) -> None:
    """When a call raises something else than OfficeError, the others are called off to the end."""
    one_fails(night, "south")
    night.fails["south"] = Miscount("south: -1 votes")
    night.calling_off_takes = {"north": 0.1, "east": 9.0}

    answer = await readers.get(*NAMES)

    twice = cancelled_twice(answer.lines)
    assert not twice, f"{twice} (task 3)\n  {answer}; 'south' raised Miscount.{answer.calls}"
    ended = {line.district: (line.ended, line.free) for line in answer.lines}
    expected = {"north": ("called off", 0.2), "south": ("failed", 0.1), "east": ("called off", 9.1)}
    assert ended == expected, (
        f"{answer}; 'south' raised Miscount at 0.1 s; expected the others to be called off then, "
        f"and their lines to be free when the answer comes. (task 3){answer.calls}"
    )
