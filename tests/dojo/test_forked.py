"""Work in forked children: what comes back of it, and what ends it."""

import math
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from dojo.instruments import patience
from dojo.runner import forked

pytestmark = [
    pytest.mark.realtime,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here"),
]


def test_exit_codes_come_back_by_name(tmp_path: Path) -> None:
    """What the work returns is the child's exit code."""
    jobs = {"good": lambda: 0, "bad": lambda: 3}

    assert forked.run_all(jobs, tmp_path, at_once=2, timeout_s=30) == {"good": 0, "bad": 3}


def test_what_a_child_prints_is_in_its_own_log(tmp_path: Path) -> None:
    """Python's streams and the descriptors below them both lead there."""

    def speak() -> int:
        print("by print")
        os.write(2, b"by descriptor\n")
        return 0

    forked.run_all({"speaker": speak}, tmp_path, at_once=1, timeout_s=30)

    assert (tmp_path / "speaker.txt").read_text() == "by print\nby descriptor\n"


def test_work_that_raises_is_told_by_its_code_and_its_log(tmp_path: Path) -> None:
    """Not even SystemExit gets the child back into its parent's code."""

    def leave() -> int:
        sys.exit(0)

    ended = forked.run_all({"leaver": leave}, tmp_path, at_once=1, timeout_s=30)

    assert ended == {"leaver": forked.BROKEN}
    assert "SystemExit" in (tmp_path / "leaver.txt").read_text()


def test_a_child_that_a_signal_ends_has_a_negative_code(tmp_path: Path) -> None:
    """As with `subprocess`."""

    def die() -> int:
        os.kill(os.getpid(), signal.SIGKILL)
        return 0

    ended = forked.run_all({"victim": die}, tmp_path, at_once=1, timeout_s=30)

    assert ended == {"victim": -signal.SIGKILL}


def test_a_child_is_killed_at_its_deadline(tmp_path: Path) -> None:
    """It has no code then."""

    def hang() -> int:
        time.sleep(60)
        return 0

    ended = forked.run_all({"hung": hang}, tmp_path, at_once=1, timeout_s=0.1)

    assert ended == {"hung": None}


def test_a_child_that_waits_for_a_processor_is_not_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That time does not count, and nothing of it is left for later."""
    began = time.monotonic()

    def queued() -> list[patience.Account]:
        """Say that all children stand in the queue, all the time."""
        waited_s = time.monotonic() - began
        return [{}, {str(pid): waited_s for pid in patience.servers}]

    monkeypatch.setattr(patience, "_queued", queued)
    monkeypatch.setattr(patience, "_last", (-math.inf, []))
    monkeypatch.setattr(patience, "MOST", 1e6)
    monkeypatch.setattr(patience, "servers", set())

    def slow() -> int:
        time.sleep(0.3)
        return 0

    assert forked.run_all({"slow": slow}, tmp_path, at_once=1, timeout_s=0.1) == {"slow": 0}
    assert not patience.servers


def test_children_do_not_wait_for_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So what one waits for a processor is not taken off the limits of another."""
    monkeypatch.setattr(patience, "servers", {os.getpid()})

    def others() -> int:
        time.sleep(0.05)
        return len(patience.servers - {os.getppid()})

    jobs = {str(n): others for n in range(4)}

    assert set(forked.run_all(jobs, tmp_path, at_once=2, timeout_s=30).values()) == {0}


def test_no_more_than_so_many_at_once(tmp_path: Path) -> None:
    """The next one waits for a place."""
    marks = tmp_path / "marks"

    def mark() -> int:
        with marks.open("a") as file:
            file.write("+")
        time.sleep(0.02)
        with marks.open("a") as file:
            file.write("-")
        return 0

    forked.run_all({str(n): mark for n in range(6)}, tmp_path, at_once=2, timeout_s=30)

    running = [marks.read_text()[: end + 1].count("+") for end in range(12)]
    ended = [marks.read_text()[: end + 1].count("-") for end in range(12)]
    assert max(up - down for up, down in zip(running, ended, strict=True)) <= 2


def test_a_second_thread_forbids_it(tmp_path: Path) -> None:
    """It would be missing in the child, with whatever it had locked."""
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert not forked.possible()
        with pytest.raises(AssertionError, match="threads would be lost"):
            forked.run_all({}, tmp_path, at_once=1, timeout_s=1)
    finally:
        stop.set()
        thread.join()
