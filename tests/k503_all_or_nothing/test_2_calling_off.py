"""One office fails: the others are called off at once, and to the end, before the answer."""

import pytest

from tests.k503_all_or_nothing.night import ElectionNight
from tests.k503_all_or_nothing.offices_down import NAMES, one_fails
from tests.k503_all_or_nothing.readers import Readers

pytestmark = pytest.mark.urls("katas.k503_all_or_nothing.urls")


@pytest.mark.task(2)
async def test_there_is_no_page_without_all(readers: Readers, night: ElectionNight) -> None:
    """When one of three offices fails, the answer is a 502 without any votes."""
    one_fails(night, "south")

    answer = await readers.get(*NAMES)

    status, shown = answer.status, answer.content.keys() & {"districts", "total"}
    assert status == 502, f"{answer}; expected 502. (task 2){answer.calls}"
    assert not shown, f"{answer}: {answer.content}; expected no votes at all. (task 2)"


@pytest.mark.task(2)
@pytest.mark.parametrize("failing", ["north", "east"])
async def test_the_others_are_called_off_at_once(
    readers: Readers, night: ElectionNight, failing: str
) -> None:
    """The first failure, wherever in the request, ends all calls that are under way."""
    one_fails(night, failing)

    answer = await readers.get(*NAMES)

    others = [line for line in night.lines if line.district != failing]
    ended = {(line.ended, line.at) for line in others}
    assert ended == {("called off", 0.1)}, (
        f"{answer}; '{failing}' failed at 0.1 s; expected the two others to be called off at "
        f"0.1 s. (task 2){answer.calls}"
    )
    assert len(night.lines) == 3, (
        f"{answer}; {len(night.lines)} calls; expected each office to be asked once. (task 2)"
        f"{answer.calls}"
    )


@pytest.mark.task(2)
async def test_lines_are_free_when_the_answer_comes(readers: Readers, night: ElectionNight) -> None:
    """The answer waits until the last call has been called off, and no longer."""
    one_fails(night, "south")
    night.calling_off_takes = {"north": 0.1, "east": 9.0}

    answer = await readers.get(*NAMES)

    lines = answer.lines
    assert lines, f"{answer}; expected three offices to be asked. (task 2){answer.calls}"
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
async def test_another_reader_is_not_affected(readers: Readers, night: ElectionNight) -> None:
    """A failure ends the calls of its own request, not those of another one."""
    one_fails(night, "south")
    night.takes |= {"west": 0.3}

    async with readers.asking("north", "south"):
        answer = await readers.get("west")

    expected = {"district": "west", "votes": night.votes("west")}
    assert (answer.status, answer.content.get("districts")) == (200, [expected]), (
        f"{answer}: {answer.content}, while 'south' failed for another reader; expected 200 with "
        f"{expected}. (task 2){answer.calls}"
    )
