"""The sandbox itself, with small programs."""

from __future__ import annotations

import json
import os
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from dojo.grading import sandbox
from dojo.grading.sandbox import Ended, Errand, Level, Limits, Places
from tests.dojo.grading.conftest import LIMITS

pytestmark = [pytest.mark.realtime, pytest.mark.timeout(300)]
LOOK_AROUND = """
import json, os, sys
print(json.dumps({
    "variables": sorted(os.environ),
    "user": os.getuid(),
    "groups": os.getgroups(),
    "processes": sum(name.isdigit() for name in os.listdir("/proc")),
    "interfaces": [line.split(":")[0].strip() for line in open("/proc/net/dev") if ":" in line],
    "here": os.getcwd(),
    "input": sys.stdin.read(),
}))
"""
PLANT = """
import os
for place in ("/", "/kit", "/submission", "/usr", "/dev", "/kit/library"):
    try:
        open(os.path.join(place, "planted"), "w").close()
        print("wrote to", place)
    except OSError:
        pass
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Make a folder with an empty kit and submission."""
    (tmp_path / "kit" / "library").mkdir(parents=True)
    (tmp_path / "submission").mkdir()
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    return tmp_path


def run(level: Level, place: Path, program: str, limits: Limits = LIMITS) -> Ended:
    """Run a Python program behind the walls; it finds the descriptor of its report in `report`."""

    def command(places: Places) -> list[str]:
        head = f"report = {places.report}\nscratch = {places.scratch!r}\n"
        return [sys.executable, "-I", "-c", head + program]

    kit = place / "kit"
    return sandbox.run(level, limits, Errand(command, kit, kit / "library", place / "submission"))


def test_little_is_seen_from_inside(
    level: Level, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_THE_INSTRUCTOR", "1")
    ended = run(level, place, LOOK_AROUND)

    seen = json.loads(ended.output)
    assert seen["user"] not in (0, os.getuid())
    assert seen["interfaces"] == ["lo"]
    assert seen["processes"] <= 3
    assert seen["here"] == "/kit"
    assert seen["input"] == ""
    assert not [name for name in seen["variables"] if "SECRET" in name]
    assert {"DOJO_RUN", "HOME", "LANG", "PATH", "PYTHONPATH", "TMPDIR"} <= set(seen["variables"])


def test_nothing_can_be_written_but_scratch(level: Level, place: Path) -> None:
    ended = run(level, place, PLANT + "open(scratch + '/x', 'w').close(); print('scratch')")

    assert (ended.output, ended.code) == ("scratch\n", 0)
    assert not list(place.rglob("planted"))


def test_streams_are_read_apart(level: Level, place: Path) -> None:
    program = "import os, sys; os.write(report, b'{}'); print('out'); print('err', file=sys.stderr)"
    ended = run(level, place, program)

    assert ended.events == b'{"event": "confined"}\n{}'
    assert sorted(ended.output.split()) == ["err", "out"]


def test_of_much_output_the_last_is_kept(level: Level, place: Path) -> None:
    ended = run(level, place, "print('x' * 100_000); print('end')")

    assert len(ended.output) == 20_000
    assert ended.output.endswith("x\nend\n")


@pytest.mark.parametrize(
    ("program", "limits", "why"),
    [
        ("import time; time.sleep(600)", {"seconds": 0.5}, "it ran for more than 0.5 s"),
        (
            "import os\nwhile True: os.write(report, b'x' * 4096)",
            {},
            "it wrote more than 2 MiB to its output",
        ),
        (
            "x = bytearray(600 << 20)\nimport time; time.sleep(600)",
            {},
            "it used more than 512 MiB of memory",
        ),
    ],
)
def test_a_broken_limit_is_named(
    level: Level, place: Path, program: str, limits: dict[str, Any], why: str
) -> None:
    ended = run(level, place, program, replace(LIMITS, **limits))

    assert (ended.killed, ended.code) == (why, None)


def test_scratch_and_shared_memory_are_small(level: Level, place: Path) -> None:
    program = """
import os
for place in (scratch, "/dev/shm"):
    at = os.statvfs(place)
    print(at.f_blocks * at.f_frsize >> 20)
"""
    assert run(level, place, program).output.split() == ["16", "16"]


def test_an_exit_code_comes_back(level: Level, place: Path) -> None:
    assert run(level, place, "raise SystemExit(7)").code == 7


DAEMON = """
import os, signal, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))
        os.write(report, b"up\\n")
        time.sleep(600)
    os._exit(0)
while not os.path.exists(scratch + "/never"):
    time.sleep(0.05)
"""


@pytest.mark.parametrize("number", [0, 1, 2])
def test_whatever_is_started_ends_with_the_run(
    level: Level, place: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if number < 2:
        # As whoever is not root: another user might not be allowed to read this interpreter.
        monkeypatch.setattr(os, "geteuid", lambda: 1)
        level = sandbox.probe(number)
    assert level.number == number
    began = {process.pid for process in psutil.process_iter()}
    kit = place / "kit"
    errand = Errand(
        lambda places: [
            *(sys.executable, "-I", "-c"),
            f"report, scratch = {places.report}, {places.scratch!r}\n" + DAEMON + f"# {place}",
        ],
        kit,
        kit / "library",
        place / "submission",
    )
    with sandbox.Running(level, LIMITS, errand) as running:
        while b"up" not in bytes(running.report.data):
            assert running.child.poll() is None
    left = [
        process
        for process in psutil.process_iter(["cmdline"])
        if process.pid not in began and f"# {place}" in " ".join(process.info["cmdline"] or ())
    ]
    assert left == []


def test_stop_ends_what_runs_and_lets_nothing_begin(level: Level, place: Path) -> None:
    kit = place / "kit"
    sleeper = Errand(
        lambda places: [sys.executable, "-I", "-c", "import time; time.sleep(600)"],
        kit,
        kit / "library",
        place / "submission",
    )
    with sandbox.Running(level, LIMITS, sleeper) as running:
        threading.Timer(0.2, sandbox.stop).start()
        running.wait()
    try:
        assert running.ended.killed == "grading was interrupted"
        with pytest.raises(RuntimeError, match="interrupted"):
            run(level, place, "")
    finally:
        sandbox.go_on()
    assert run(level, place, "").code == 0


def test_without_bubblewrap_there_is_a_lower_level(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1)
    monkeypatch.setattr(sandbox, "find_bwrap", lambda: "")

    assert str(sandbox.probe()) == "1: resource limits, a session of its own, the same user"


def test_a_bubblewrap_that_does_not_work_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 1)
    monkeypatch.setattr(sandbox, "find_bwrap", lambda: str(broken))

    assert sandbox.probe().number == 1
