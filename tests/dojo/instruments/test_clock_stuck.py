"""What cannot go on is reported at once and in words, and harms no later test."""

import re

import pytest

from tests.dojo.instruments.child import HERE, LIMIT_S, Outcome, run
from tests.dojo.instruments.test_clock_matrix import DURATIONS

# One of the tests waits for the child, which has a limit of its own.
pytestmark = pytest.mark.timeout(150)
DEADLOCK = "Nothing that is being awaited can ever happen"
POLLING = "something polls, as with `await asyncio.sleep(0)`, instead of waiting"
REFUSED = "does not wait for virtual time. Simulate it, or mark the test with @pytest.mark.realtime"


def stuck(name: str) -> Outcome:
    """Return how a case of ``cases/clock_stuck.py`` ended."""
    return run("clock_stuck.py")[name]


def line_of(code: str) -> int:
    """Return the line of the case file that consists of *code*."""
    lines = (HERE / "cases" / "clock_stuck.py").read_text().splitlines()
    return next(n for n, line in enumerate(lines, 1) if line.strip() == code)


NEVER = "in never: `await asyncio.Event().wait()`, waits in Event.wait"


@pytest.mark.parametrize(
    ("name", "fact", "detail"),
    [
        ("test_event", DEADLOCK, NEVER),
        ("test_event_in_a_task", DEADLOCK, f"the other one: .*{re.escape(NEVER)}"),
        ("test_swallowed", DEADLOCK, NEVER),
        ("test_thread", DEADLOCK, r"thread asyncio_0: waits in Event\.wait"),
        ("test_thread_that_waits_for_its_loop", DEADLOCK, r"`async_to_sync\(lock\.acquire\)\(\)`"),
        ("test_thread_that_waits_for_its_loop", DEADLOCK, r"waits in Lock\.acquire"),
        ("test_sync", DEADLOCK, r"thread MainThread: .*`queue\.Queue\[int\]\(\)\.get\(\)`"),
        ("test_loop_in_a_sync_test", DEADLOCK, NEVER),
        ("test_loop_in_a_sync_test", DEADLOCK, r"thread MainThread: .*`async_to_sync\(never\)"),
        ("test_loop_in_a_sync_test_swallowed", DEADLOCK, NEVER),
        ("test_heartbeat", "something rearms its timer for ever", r"in beat: `await asyncio"),
        ("test_spin", POLLING, r"in test_spin: `await asyncio\.sleep\(0\)`"),
        ("test_spin_for_nothing", POLLING, r"in test_spin_for_nothing: `await asyncio"),
        ("test_connection", f"A real connection {REFUSED}", "in test_connection: `await"),
        ("test_server", f"A real server {REFUSED}", "in test_server: `await"),
        ("test_look_up", f"A look-up of a host name {REFUSED}", "in test_look_up: `await"),
        ("test_process", f"A real process {REFUSED}", "in test_process: `await"),
        ("test_reader", f"A real socket or pipe {REFUSED}", "in test_reader: `await"),
        ("test_sleep", "time.sleep(0.2) blocks the event loop", r"in test_sleep: `time\.sleep"),
        ("test_pool_shutdown", "concurrent.futures.Executor.__exit__() blocks the event loop", ""),
        (
            "test_old_thread",
            "time.sleep(0.01) in a thread that was there before the test",
            "_serve",
        ),
    ],
)
def test_says_what_is_stuck_and_where(name: str, fact: str, detail: str) -> None:
    """The message names the fact, and the line of the author's code."""
    outcome = stuck(name)
    assert outcome.state == "failed", outcome.text
    assert fact in outcome.text
    pattern = detail if "\\" in detail else re.escape(detail)
    assert re.search(pattern, outcome.text), outcome.text


def test_names_file_and_line() -> None:
    """The place is one that an editor can open."""
    line = line_of("await asyncio.Event().wait()")
    assert f"cases/clock_stuck.py:{line} in never" in stuck("test_event").text


@pytest.mark.parametrize(
    "name",
    [
        "test_spin_on_a_thread",
        "test_sync_process",
        "test_leaves_a_sleeper",
        "test_the_sleeper_is_gone",
        "test_the_next_one",
        "test_real_time",
    ],
)
def test_harms_nobody_else(name: str) -> None:
    """What waits for real work, what comes later, and what runs in real time passes."""
    outcome = stuck(name)
    assert outcome.state == "passed", outcome.text


def test_time_limits_stay_real() -> None:
    """A hang that the clock cannot see ends by the limit of pytest-timeout, in real seconds."""
    assert "timeout: test_hang did not end within 0.5 s" in stuck("test_hang").text


def test_durations_stay_real() -> None:
    """Pytest measures with the real clock: a test that sleeps for ten years takes no time."""
    output = run("clock_matrix.py", *DURATIONS).output
    durations = [float(s) for s in re.findall(r"([\d.]+)s call .*years", output)]
    assert len(durations) == 2
    assert sum(durations) < LIMIT_S
