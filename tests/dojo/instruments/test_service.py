"""The fake upstream: what it answers, and that each wrong way to call it is told apart."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from dojo.instruments import findings, rendezvous
from dojo.instruments.clock import Clock
from dojo.instruments.rendezvous import Gate, settle
from dojo.instruments.service import Service
from tests.dojo.instruments.answers import RIGHT, WRONG, gathered
from tests.dojo.instruments.child import Outcome, run

# One of the tests waits for the child, which has a limit of its own.
pytestmark = pytest.mark.timeout(150)

JUDGES = ["test_by_the_clock", "test_by_rendezvous", "test_by_rendezvous_in_real_time"]

MADE_UP = "not come from the service."
ONE_BY_ONE = "Each call starts only when the one before it has ended: awaited one after"
TOO_FEW = "calls in flight, and nothing else is running: the others do not start before"

# Wrong answer -> what the message has to say, by the clock and by rendezvous.
NAMED = {
    "sequential": (ONE_BY_ONE, f"1 of 5 {TOO_FEW}"),
    "sleeping": ("time.sleep(0.04) blocks the event loop",) * 2,
    "blocking_in_gather": ("service.fetch_sync(0) blocks the event loop",) * 2,
    "swallowed": ("service.fetch_sync(0) blocks the event loop",) * 2,
    "sync_in_the_loop": ("service.fetch_sync(0) blocks the event loop",) * 2,
    "crunching": ("service.crunch(0), 0.3 s of CPU work, blocks the event loop",) * 2,
    "thread_per_call": ("5 event loops, each in a thread of its own",) * 2,
    "hard_coded": ("The service was never called.",) * 2,
    "not_waited_for": (
        "5 of 5 calls are still running: started, but not awaited to the end.",
        "4 of 5 calls are still running: started, but not awaited to the end.",
    ),
    "gathered_not_awaited": ("All 5 calls were made, but never awaited: not one of them",) * 2,
    "pairs": ("The calls go out in groups (2, 2, 1)", f"2 of 5 {TOO_FEW}"),
    "one_never_awaited": ("fetch(0) was called, but never awaited.", f"4 of 5 {TOO_FEW}"),
    "left_running": ("4 of 5 calls are still running", ""),  # they have all met: nobody is left
    "wrong_order": ("The right answers, in the wrong order.",) * 2,
    "twice": ("fetch(0) was called 2 times.", f"1 of 5 {TOO_FEW}"),
}


def judged(judge: str, answer: str) -> Outcome:
    """Return how ``answers.py``'s *answer* was judged."""
    return run("service_judged.py")[f"{judge}[{answer}]"]


@pytest.mark.parametrize("judge", [*JUDGES])
@pytest.mark.parametrize("answer", RIGHT)
def test_right_answers_pass(judge: str, answer: object) -> None:
    """However it is written, a right answer passes."""
    outcome = judged(judge, answer.__name__)  # type: ignore[attr-defined]
    assert outcome.state == "passed", outcome.text


@pytest.mark.parametrize("judge", [*JUDGES])
@pytest.mark.parametrize("answer", WRONG)
def test_wrong_answers_fail_for_their_reason(judge: str, answer: object) -> None:
    """The message names the mistake, not only that there is one."""
    name: str = answer.__name__  # type: ignore[attr-defined]
    named = NAMED[name][judge != "test_by_the_clock"]
    outcome = judged(judge, name)
    if not named:
        assert outcome.state == "passed", outcome.text
        return
    assert outcome.state == "failed", outcome.text
    assert named in outcome.text


def test_explain_shows_one_chart() -> None:
    """A message that explains itself is not explained again, and the culprit is marked."""
    text = judged("test_explained", "gathered").text
    assert "answer(5 calls, limit=2): 5 in flight at t=0.00 s; expected at most 2" in text
    assert "(task 2)" in text
    assert "peak in flight is 5, should be" not in text
    marked = {line.partition("<-")[2] for line in text.splitlines() if "fetch(2) " in line}
    assert marked == {" one too many"}
    assert text.count("<- ") == text.count("<- one too many")


# -- answers --------------------------------------------------------------------------------------


async def test_answers_cannot_be_guessed(service: Service) -> None:
    """Each key has one answer, which differs from test to test."""
    first, again, other = await gathered(service, [1, 1, 2])
    assert first == again == service.answers[1]
    assert first != other
    assert first not in ("1", "1:", Service(service.timeline).answers[1])


async def test_takes_one_duration_or_one_for_each_key(service: Service, clock: Clock) -> None:
    """Delays are the test's to choose."""
    await service.fetch(1)
    assert clock.elapsed == 0.2
    service.takes(0.5)
    await service.fetch(2)
    assert clock.elapsed == 0.7
    service.takes({3: 0.1})
    await gathered(service, [3, 4])
    assert clock.elapsed == 0.9


async def test_fails_when_its_time_is_over(service: Service, clock: Clock) -> None:
    """A failure takes as long as an answer, and is on the timeline."""
    service.fails(2, ValueError("no"))
    with pytest.raises(ValueError, match="no"):
        await gathered(service, [1, 2])
    assert clock.elapsed == 0.2
    assert [span.outcome for span in service.timeline.spans] == ["ok", "error"]


async def test_a_call_behind_another_name_is_shown_by_that_name(service: Service) -> None:
    """A learner who called `clock.read()` reads nothing of `fetch`."""
    assert await service.fetch("time", label="clock.read()") == service.answers["time"]
    assert [span.label for span in service.timeline.spans] == ["clock.read()"]


async def test_fetch_sync_in_a_thread(service: Service) -> None:
    """A blocking call is fine where it blocks nobody."""
    got = await asyncio.gather(*(asyncio.to_thread(service.fetch_sync, key) for key in range(3)))
    assert got == [service.answers[key] for key in range(3)]
    assert service.elapsed == 0.2
    assert service.threads == 3


async def test_crunch_shares_the_processor(service: Service) -> None:
    """Threads do not make CPU work faster: one at a time makes progress."""
    await asyncio.gather(*(asyncio.to_thread(service.crunch, key) for key in range(3)))
    assert service.elapsed == 0.9


async def test_fetch_is_a_coroutine_function(service: Service) -> None:
    """`async_to_sync` accepts it without a warning, as it does a real client's method."""
    from asgiref.sync import async_to_sync, iscoroutinefunction

    assert iscoroutinefunction(service.fetch)
    assert await asyncio.to_thread(async_to_sync(service.fetch), 1) == service.answers[1]


# -- rendezvous -----------------------------------------------------------------------------------


@pytest.mark.parametrize("real", [False, pytest.param(True, marks=pytest.mark.realtime)])
async def test_threads_meet(service: Service, real: bool) -> None:
    """Calls from threads count, too."""
    service.rendezvous(3)
    await asyncio.gather(*(asyncio.to_thread(service.fetch_sync, key) for key in range(3)))
    assert service.peak_in_flight == 3


@pytest.mark.parametrize("case", ["test_two_workers", "test_two_workers_in_real_time"])
def test_threads_that_cannot_meet(case: str) -> None:
    """Two workers never make three calls at once."""
    assert f"2 of 3 {TOO_FEW}" in run("service_judged.py")[case].text


@pytest.mark.realtime
async def test_a_late_call_is_waited_for_in_real_time(service: Service) -> None:
    """While a timer, a thread or a socket is under way, the others may still come."""
    service.rendezvous(2)

    async def late() -> str:
        await asyncio.sleep(0.1)
        return await service.fetch(2)

    await asyncio.gather(service.fetch(1), late())
    assert service.peak_in_flight == 2


# -- gates ----------------------------------------------------------------------------------------


async def bounded(service: Service, limit: int) -> list[str]:
    """Make five calls with a semaphore."""
    free = asyncio.Semaphore(limit)

    async def one(key: int) -> str:
        async with free:
            return await service.fetch(key)

    return await asyncio.gather(*(one(key) for key in range(5)))


async def chunked(service: Service, limit: int) -> list[str]:
    """Make five calls in chunks, each of which waits for its slowest call."""
    got = []
    for start in range(0, 5, limit):
        keys = range(start, min(start + limit, 5))
        got += await asyncio.gather(*(service.fetch(key) for key in keys))
    return got


@pytest.mark.parametrize("real", [False, pytest.param(True, marks=pytest.mark.realtime)])
@pytest.mark.parametrize(("answer", "then"), [(bounded, {0, 2}), (chunked, {0})])
async def test_a_gate_tells_a_semaphore_from_chunks(
    service: Service, clock: Clock, answer: object, then: set[int], real: bool
) -> None:
    """Step by step it shows whether a free slot is used at once; time hardly shows that."""
    gate = service.hold()
    task = asyncio.create_task(answer(service, 2))  # type: ignore[operator]
    await gate.settle()
    assert gate.in_flight == {0, 1}
    gate.release(1)
    await gate.settle()
    assert gate.in_flight == then
    while not task.done():
        gate.release()
        await gate.settle()
    assert await task == [service.answers[key] for key in range(5)]
    assert real or clock.now == 0


async def test_settle_waits_for_threads(clock: Clock) -> None:
    """On a virtual loop, settled means: threads included."""
    got: list[int] = []

    def work() -> None:
        got.append(1)
        time.sleep(1)
        got.append(2)

    task = asyncio.create_task(asyncio.to_thread(work))
    await settle()
    assert (got, clock.now) == ([1], 0)
    await task
    assert clock.now == 1


async def test_a_gate_can_fail_a_call(service: Service) -> None:
    """The test decides when a call fails."""
    gate = service.hold()
    task = asyncio.create_task(gathered(service, [1, 2]))
    await gate.settle()
    gate.fail(2, ValueError("no"))
    with pytest.raises(ValueError, match="no"):
        await task
    gate.release()
    await gate.settle()


async def test_a_gate_names_what_is_in_flight() -> None:
    """To release what is not there is a mistake of the test."""
    with pytest.raises(AssertionError, match="no call for 7 is in flight; in flight: none"):
        Gate().release(7)


@pytest.mark.realtime
def test_threads_whose_time_is_up_together_agree_on_the_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whichever of two says it first, it says that there were two."""
    monkeypatch.setattr(rendezvous, "PATIENCE_S", 0.01)
    monkeypatch.setattr(findings, "record", lambda finding: None)
    both_wait, both_give_up = threading.Event(), threading.Barrier(2)
    meeting = rendezvous.Rendezvous(3, lambda fact: fact)
    fail, counted = meeting._fail, list[int]()

    class UntilBothWait:
        """A stopwatch: on a busy machine, the second thread may come long after the first."""

        def is_over(self, seconds: float) -> bool:
            if meeting._waiting == 2:
                both_wait.set()
            return both_wait.is_set()

    def fail_together(together: int) -> None:
        counted.append(together)
        both_give_up.wait(10)
        fail(together)

    monkeypatch.setattr(rendezvous, "Stopwatch", UntilBothWait)
    monkeypatch.setattr(meeting, "_fail", fail_together)
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(meeting.join_in_thread, 1.0) for _ in range(2)]

    assert counted == [2, 2]
    said = {str(call.exception())[:6] for call in calls}
    assert said == {"2 of 3"}
